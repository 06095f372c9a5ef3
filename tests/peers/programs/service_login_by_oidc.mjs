// oidc-provider as a service's authorization server: one registered desktop app, refresh tokens that rotate, revocation.
// Arguments: PORT. TTL is a token's life in seconds; CLIENT_ID and CLIENT_SECRET are the app's.
import { Provider } from 'oidc-provider';

const [port] = process.argv.slice(2);
const seconds = Number(process.env.TTL ?? 3600);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: process.env.CLIENT_ID,
      client_secret: process.env.CLIENT_SECRET,
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  scopes: ['openid', 'offline_access', 'mail'],
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  ttl: { AccessToken: seconds },
  rotateRefreshToken: true,
});
provider.listen(Number(port), '127.0.0.1');
