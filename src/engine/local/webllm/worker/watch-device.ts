/** A lost graphics device tells of itself: web-llm passes on, if anything, the words of whatever failed next. */

/** Has `listener` called when a device that is asked for from now on is lost, by whatever cause. */
export function watchDevices(listener: () => void): void {
  if (!('GPUAdapter' in globalThis)) return;
  const { prototype } = GPUAdapter;
  const { requestDevice } = prototype;
  prototype.requestDevice = async function (this: GPUAdapter, ...args) {
    const device = await requestDevice.apply(this, args);
    void device.lost.then(listener);
    return device;
  };
}
