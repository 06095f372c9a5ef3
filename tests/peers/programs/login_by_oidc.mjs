// oidc-provider as an authorization server that registers clients, rotates refresh tokens and gives JWTs for RESOURCE.
// Arguments: PORT, RESOURCE (an address). TTL is a token's life in seconds.
import { Provider } from 'oidc-provider';

const [port, resource] = process.argv.slice(2);
const seconds = Number(process.env.TTL ?? 3600);
const scope = 'drive write';
const provider = new Provider(`http://127.0.0.1:${port}`, {
  scopes: ['openid', 'offline_access', 'drive', 'write'],
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, asked) => {
        if (asked !== resource) throw new Error(`unknown resource ${asked}`);
        return { scope, audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: seconds };
      },
      useGrantedResource: () => true,
    },
  },
  rotateRefreshToken: true,
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
});
provider.listen(Number(port), '127.0.0.1');
