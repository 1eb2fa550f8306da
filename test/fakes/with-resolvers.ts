/** Gives Node 20 `Promise.withResolvers`, which every browser we run in has: page code is tested in Node as it is. */
// Typed as always there, which it is not before Node 22.
const promise = Promise as { withResolvers?: typeof Promise.withResolvers };

promise.withResolvers ??= <T>() => {
  let resolve!: PromiseWithResolvers<T>['resolve'];
  let reject!: PromiseWithResolvers<T>['reject'];
  const made = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise: made, resolve, reject };
};
