/** What stands beside "Remember on this computer", wherever it is offered. */
export const REMEMBER_HINT = "Stored unencrypted in this browser profile; for development users.";
