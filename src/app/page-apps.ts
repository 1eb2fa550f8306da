/** One app for each server that the tags of this page ask, however many tags: the first opens it, the last closes it. */
import { createApp } from '../app';
import { APP_STORAGE } from './guest';
import type { App } from '../kernel/app-state';
import type { InferenceMode } from '../kernel/inference-mode';

/** What a tag wants. */
export interface PageAppRequest {
  /** Where the script and all of its files are. */
  readonly baseUrl: URL;
  /** Where the tag names one; else whoever serves the script is asked. */
  readonly server: string | null;
  readonly mode: InferenceMode;
  readonly model: string | null;
}

export interface PageApp {
  readonly app: App;
  /** The last one that leaves closes the app. */
  leave(): void;
}

interface Shared {
  readonly app: App;
  users: number;
}

const shared = new Map<string, Shared>();

/** Nothing is loaded for an answer before somebody writes. Throws a TypeError where `server` is no address. */
export function openPageApp({ baseUrl, server, mode, model }: PageAppRequest): PageApp {
  const serverUrl = server === null ? baseUrl : folderOf(new URL(server, document.baseURI));
  const key = serverUrl.href;
  const one = shared.get(key) ?? open(baseUrl, serverUrl, mode, model);
  shared.set(key, one);
  one.users++;
  one.app.setMode(mode);
  let isHere = true;
  return {
    app: one.app,
    leave() {
      if (!isHere) return;
      isHere = false;
      if (--one.users > 0) return;
      shared.delete(key);
      void one.app.close();
    },
  };
}

function open(baseUrl: URL, serverUrl: URL, mode: InferenceMode, model: string | null): Shared {
  const isOwn = serverUrl.href === baseUrl.href;
  const storageName = isOwn ? 'smallfirst-widget' : `smallfirst-widget ${serverUrl.href}`;
  // Of one origin all share one engine, the app's own tabs and the tags on pages beside it.
  const engineStorageName = isOwn && baseUrl.origin === location.origin ? APP_STORAGE : storageName;
  const app = createApp({
    baseUrl,
    guest: { serverUrl, storageName, engineStorageName, mode, modelId: model ?? undefined },
  });
  return { app, users: 0 };
}

/** `https://chat.example` and `https://chat.example/a` as folders, against which paths are resolved. */
function folderOf(url: URL): URL {
  return new URL(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`, url.origin);
}
