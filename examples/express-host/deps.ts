import { type Secret, secret } from 'wrk-builds/wrk-http';
import type { Ending } from './ending.js';
import type { Settings } from './settings.js';

/** What the process needs from outside, and what to report about it. */
export interface Deps {
  readonly databaseUrl: string;
  readonly wrk: { readonly url: string; readonly token: Secret };
  /** Whether this is a database of our own that ends with the process. */
  readonly isEmbedded: boolean;
  /** The stand-in's token, for the line that starts a worker; `null`: WRK is a real one. */
  readonly standInToken: string | null;
}

/** Uses what the settings name, and starts a stand-in for the rest. */
export async function openDeps(settings: Settings, ending: Ending): Promise<Deps> {
  // Loaded where they are wanted: in production neither they nor what they need is there.
  const embedded =
    settings.DATABASE_URL === undefined
      ? await import('./stand-ins/embedded-server.js').then((module) => module.startEmbeddedServer())
      : null;
  if (embedded) ending.add('database', embedded.stop);
  const databaseUrl = settings.DATABASE_URL ?? embedded?.url ?? '';

  const { WRK_URL: url, WRK_TOKEN: token } = settings;
  if (url !== undefined && token !== undefined)
    return { databaseUrl, wrk: { url, token }, isEmbedded: embedded !== null, standInToken: null };
  const { startWrk } = await import('./stand-ins/wrk.js');
  const wrk = await startWrk();
  ending.add('WRK', wrk.close);
  return {
    databaseUrl,
    wrk: { url: wrk.url, token: secret(wrk.token) },
    isEmbedded: embedded !== null,
    standInToken: wrk.token,
  };
}
