/**
 * How a person signed in last on an origin.
 *
 * The form outlives the browser without its secret values; those are in memory until it closes, and are
 * used again for a secret field that is left empty.
 */
import type { WebSignIn } from "./web-model.ts";
import type { FormSecrets, KeptForm, WebSecretStore, WebStore } from "./web-store.ts";

/** Origins whose forms are kept; those used last. */
const LIMIT = 200;

export interface SignInFormsOptions {
  store: Pick<WebStore, "loadForms" | "saveForms">;
  secret: Pick<WebSecretStore, "saveFormSecrets" | "removeFormSecrets">;
}

export class SignInForms {
  readonly #options: SignInFormsOptions;
  readonly #forms = new Map<string, WebSignIn>();
  #secrets = new Map<string, FormSecrets>();

  constructor(options: SignInFormsOptions) {
    this.#options = options;
  }

  async load(secrets: Map<string, FormSecrets>): Promise<void> {
    this.#secrets = secrets;
    for (const { origin, form } of await this.#options.store.loadForms()) {
      this.#forms.set(origin, form);
    }
  }

  /** Without secret values. */
  of(origin: string): WebSignIn | undefined {
    return this.#forms.get(origin);
  }

  /** The form with the secret values of before where none was given. */
  filled(origin: string, form: WebSignIn): WebSignIn {
    const secrets = this.#secrets.get(origin) ?? {};
    const fields = form.fields.map((field) => {
      if (!field.secret || field.value !== undefined) return field;
      const value = Object.hasOwn(secrets, field.name) ? secrets[field.name] : undefined;
      return value === undefined ? field : { ...field, value };
    });
    return { ...form, fields };
  }

  async remember(origin: string, form: WebSignIn): Promise<void> {
    const fields = form.fields.map(({ name, value, secret }) =>
      secret || value === undefined ? { name, secret } : { name, secret, value },
    );
    this.#forms.delete(origin);
    this.#forms.set(origin, { ...form, fields });
    for (const oldest of [...this.#forms.keys()].slice(0, -LIMIT)) {
      this.#forms.delete(oldest);
      await this.#forgetSecrets(oldest);
    }
    await this.#save();
  }

  /** Until the browser closes. */
  async rememberSecrets(origin: string, form: WebSignIn): Promise<void> {
    const secrets: FormSecrets = {};
    for (const { name, value, secret } of form.fields) {
      if (secret && value !== undefined) secrets[name] = value;
    }
    this.#secrets.set(origin, secrets);
    await this.#options.secret.saveFormSecrets(origin, secrets);
  }

  async forgetAll(): Promise<void> {
    for (const origin of [...this.#secrets.keys()]) await this.#forgetSecrets(origin);
    this.#forms.clear();
    await this.#save();
  }

  async #forgetSecrets(origin: string): Promise<void> {
    this.#secrets.delete(origin);
    await this.#options.secret.removeFormSecrets(origin);
  }

  #save(): Promise<void> {
    const forms: KeptForm[] = [...this.#forms].map(([origin, form]) => ({ origin, form }));
    return this.#options.store.saveForms(forms);
  }
}
