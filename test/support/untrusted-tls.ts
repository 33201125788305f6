/**
 * A TLS server whose certificate nobody trusts, as many have on their own machine.
 *
 * Certificate and key are for localhost and 127.0.0.1, self-signed, good for nothing else, and made
 * once with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500`.
 */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIURM+u5W4r//tQcAPqo9d8WcFAHT4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA4MDA1NFoYDzIxMjYxMDI4
MDgwMDU0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARHMUNlKXE45Aef+hL0w/1QKgUXN6ksmrQc11WobNwtGmIKsfxzN/Ve
sGX4I+QWmKLi27aWxmAMSPZkA+FfaAT3o28wbTAdBgNVHQ4EFgQUovIxqFRu46Ix
wpqxTZNZbamTZnMwHwYDVR0jBBgwFoAUovIxqFRu46IxwpqxTZNZbamTZnMwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgVkRA4cdWLxuCQxGRU0kCg2urbv31bPSQuidfp8voK/QCIQCg
wEhUdKmue/FCelkptFWbn87qFDKdOwwj/7+BJLdS+w==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYpjyJJP12XmcI1NO
SCl+7IAPdKYA2Z2ucBWofRhYMd+hRANCAARHMUNlKXE45Aef+hL0w/1QKgUXN6ks
mrQc11WobNwtGmIKsfxzN/VesGX4I+QWmKLi27aWxmAMSPZkA+FfaAT3
-----END PRIVATE KEY-----
`;

/** Starts it on a free port of 127.0.0.1. It answers every HTTPS request that gets so far. */
export async function startUntrustedTls(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer({ cert: CERTIFICATE, key: KEY }, (_request, response) => {
    response.end("secret");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
