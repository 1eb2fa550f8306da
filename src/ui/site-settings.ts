/** The settings of `<smallfirst-chat>`, each an attribute and a property that reflects it. */
import { INFERENCE_MODES, type InferenceMode } from '../kernel/inference-mode';

export class SiteSettings extends HTMLElement {
  get server(): string | null {
    return this.getAttribute('server');
  }
  set server(value: string | null) {
    reflect(this, 'server', value);
  }
  get mode(): InferenceMode {
    const mode = this.getAttribute('mode') as InferenceMode;
    return INFERENCE_MODES.includes(mode) ? mode : 'prefer_on_device';
  }
  set mode(value: InferenceMode | null) {
    reflect(this, 'mode', value);
  }
  get model(): string | null {
    return this.getAttribute('model');
  }
  set model(value: string | null) {
    reflect(this, 'model', value);
  }
  get greeting(): string | null {
    return this.getAttribute('greeting');
  }
  set greeting(value: string | null) {
    reflect(this, 'greeting', value);
  }
  get theme(): string {
    return this.getAttribute('theme') ?? 'auto';
  }
  set theme(value: string | null) {
    reflect(this, 'theme', value);
  }
  get layout(): 'floating' | 'inline' {
    return this.getAttribute('layout') === 'inline' ? 'inline' : 'floating';
  }
  set layout(value: string | null) {
    reflect(this, 'layout', value);
  }

  /** What was set before the script came is no accessor's. */
  protected upgrade(names: readonly string[]): void {
    for (const name of names.filter((name) => Object.hasOwn(this, name))) {
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }
}

function reflect(element: Element, name: string, value: string | null): void {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
