/** Who can sign in at the stand-in of Clerk, and how Clerk tells about them. */
import type { PublicUserDataJSON, UserJSON } from "@clerk/shared/types";

const NAMES = {
  alice: ["Alice", "Archer"],
  bob: ["Bob", "Baker"],
  carol: ["Carol", "Cook"],
} as const;
export type PersonName = keyof typeof NAMES;

export const PEOPLE = Object.keys(NAMES) as PersonName[];

// A time in the past that every run has alike.
const SIGNED_UP_AT = Date.UTC(2025, 0, 2);

/** What a person signs in with. */
export function credentialsOf(person: PersonName): { identifier: string; password: string } {
  return { identifier: emailOf(person), password: `${person}-password` };
}

/** Whose e-mail address this is. */
export function personWith(email: string | undefined): PersonName | undefined {
  return PEOPLE.find((person) => emailOf(person) === email);
}

export function userIdOf(person: PersonName): string {
  return `user_${person}`;
}

/** The user as Clerk sends it. */
export function userJson(person: PersonName, lastSignInAt: number): UserJSON {
  const [first_name, last_name] = NAMES[person];
  const addressId = `idn_${person}`;
  return {
    object: "user",
    id: userIdOf(person),
    external_id: null,
    primary_email_address_id: addressId,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    image_url: imageOf(person),
    has_image: false,
    username: null,
    email_addresses: [
      {
        object: "email_address",
        id: addressId,
        email_address: emailOf(person),
        verification: null,
        linked_to: [],
        matches_sso_connection: false,
      },
    ],
    phone_numbers: [],
    web3_wallets: [],
    external_accounts: [],
    enterprise_accounts: [],
    passkeys: [],
    organization_memberships: [],
    password_enabled: true,
    profile_image_id: "",
    first_name,
    last_name,
    totp_enabled: false,
    backup_code_enabled: false,
    two_factor_enabled: false,
    public_metadata: {},
    unsafe_metadata: {},
    last_sign_in_at: lastSignInAt,
    create_organization_enabled: true,
    create_organizations_limit: null,
    delete_self_enabled: true,
    legal_accepted_at: null,
    timezone: null,
    created_at: SIGNED_UP_AT,
    updated_at: SIGNED_UP_AT,
  };
}

/** What a session tells about its user besides the user. */
export function publicUserDataJson(person: PersonName): PublicUserDataJSON {
  const [first_name, last_name] = NAMES[person];
  const identifier = emailOf(person);
  return { first_name, last_name, image_url: imageOf(person), has_image: false, identifier };
}

function emailOf(person: PersonName): string {
  return `${person}@example.com`;
}

/** Carries its picture within, so that no page asks for it. */
function imageOf(person: PersonName): string {
  const initial = NAMES[person][0].charAt(0);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text y="30">${initial}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
