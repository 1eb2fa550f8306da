/** Says once, in the console of a page that we are a guest on, what its policy lacks for the chat to run in full. */

const DIRECTIVES: Readonly<Record<string, (base: string, server: string) => string>> = {
  'script-src': (base) => `script-src ${base} 'wasm-unsafe-eval'`,
  'worker-src': () => 'worker-src blob:',
  'connect-src': (base, server) => `connect-src ${[...new Set([base, server])].join(' ')} blob:`,
};

export interface HostPolicyOptions {
  readonly baseUrl: URL;
  readonly serverUrl: URL;
  readonly signal: AbortSignal;
  readonly onBlocked: () => void;
}

/** Only the widget's build is ever a guest; the page's leaves this out. */
export function watchHostPolicy(options: HostPolicyOptions): void {
  if (import.meta.env.MODE === 'widget') watch(options);
}

function watch({ baseUrl, serverUrl, signal, onBlocked }: HostPolicyOptions): void {
  let isTold = false;
  document.addEventListener(
    'securitypolicyviolation',
    ({ blockedURI, effectiveDirective, sourceFile, disposition }) => {
      const isOurs =
        [blockedURI, sourceFile].some((url) => url?.startsWith(baseUrl.origin)) ||
        blockedURI.startsWith(serverUrl.origin);
      const name = effectiveDirective.replace(/-(elem|attr)$/, '');
      if (isTold || !isOurs || disposition !== 'enforce' || !(name in DIRECTIVES)) return;
      isTold = true;
      warn(baseUrl, serverUrl);
      onBlocked();
    },
    { signal },
  );
}

/** All of them: whoever mends one would meet the next. */
function warn({ origin }: URL, serverUrl: URL): void {
  const wanted = Object.values(DIRECTIVES).map((directive) => directive(origin, serverUrl.origin));
  console.warn(
    `smallfirst-chat: the Content-Security-Policy of this page keeps a model from running here. It needs: ${wanted.join('; ')}`,
  );
}
