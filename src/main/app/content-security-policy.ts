function serialize(directives: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}

const none = ["'none'"];
const self = ["'self'"];

const directives = {
  'default-src': none,
  'script-src': self,
  'style-src': self,
  'img-src': ["'self'", 'data:'],
  'font-src': self,
  'connect-src': none,
  'base-uri': none,
  'form-action': none,
  'frame-ancestors': none,
};

/** The window talks to main over IPC alone: no network, no inline script, no inline style sheet, no eval. */
export const contentSecurityPolicy = serialize({
  ...directives,
  // No string ever becomes markup or code: React builds nodes, and the bundle has no other sink.
  'require-trusted-types-for': ["'script'"],
  'trusted-types': none,
});

/** Hot reload of the development server needs its inline preamble, injected styles and a socket. */
export const developmentContentSecurityPolicy = serialize({
  ...directives,
  'script-src': ["'self'", "'unsafe-inline'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'connect-src': ["'self'", 'ws://localhost:*', 'ws://127.0.0.1:*', 'ws://[::1]:*'],
});
