/** What Clerk tells the SDK about the application. The SDK has a default for all that isn't here. */

/**
 * The environment as Clerk sends it.
 * @param degraded without a part that the SDK can't do without: it then loads as `degraded`
 */
export function environmentJson(wanted: {
  readonly singleSession: boolean;
  readonly degraded: boolean;
}): object {
  const billing = {
    stripe_publishable_key: null,
    organization: { enabled: false, has_paid_plans: false },
    user: { enabled: false, has_paid_plans: false },
  };
  return {
    object: "environment",
    id: "env_stand_in",
    auth_config: {
      object: "auth_config",
      id: "aconf_stand_in",
      single_session_mode: wanted.singleSession,
      claimed_at: null,
      reverification: true,
    },
    display_config: {
      object: "display_config",
      id: "display_config_stand_in",
      application_name: "An app with Clerk",
      instance_environment_type: "development",
      preferred_sign_in_strategy: "password",
      captcha_heartbeat: false,
      // Empty paths are refused by the SDK when it signs out and goes there.
      after_sign_out_all_url: "/",
      after_sign_out_one_url: "/",
      after_switch_session_url: "/",
      sign_in_url: "/",
      sign_up_url: "/",
    },
    user_settings: {},
    organization_settings: {},
    commerce_settings: wanted.degraded ? {} : { billing },
    api_keys_settings: { user_api_keys_enabled: false, orgs_api_keys_enabled: false },
    protect_config: { object: "protect_config", id: "protect_stand_in" },
    maintenance_mode: false,
    partitioned_cookies: false,
  };
}
