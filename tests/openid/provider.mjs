// A certified OpenID provider in which whoever signs in says who they are: `login_hint` is the account, as base64url JSON of its claims.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { issuer, client_id, client_secret, redirect_uri } = JSON.parse(process.argv[2]);
const people = new Map();
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [{ client_id, client_secret, redirect_uris: [redirect_uri], token_endpoint_auth_method: "client_secret_post" }],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "first", use: "sig", alg: "RS256" }] },
  cookies: { keys: ["cookies of a provider in tests"] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["given_name", "family_name", "picture"] },
  conformIdTokenClaims: false, // like Google: what is known of the person is in the id token
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, account) => ({ accountId: account, claims: () => people.get(account) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  const { params } = await provider.interactionDetails(request, response);
  let result = { error: "access_denied", error_description: "the person closed the page" };
  if (params.login_hint) {
    const claims = JSON.parse(Buffer.from(params.login_hint, "base64url").toString());
    people.set(claims.sub, claims);
    result = { login: { accountId: claims.sub } };
  }
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}).listen(Number(new URL(issuer).port), "127.0.0.1", () => console.log("ready"));
