/** Where to open the page anew when a change of the settings has taken it to another address. */

/** What is used of `location`. */
export interface Here {
  readonly protocol: string;
  readonly hostname: string;
  readonly origin: string;
}

/** `urls`: where the page is served now. Empty: here too. The likeliest first, which is of the name that was used here. */
export function openAnewAt(urls: readonly string[], here: Here): readonly string[] {
  const places = urls.map((url) => new URL(url));
  const stays = places.some((place) => place.origin === here.origin || isSameMachine(place, here));
  if (stays) return [];
  const named = isName(here.hostname) ? places.map((place) => withHost(place, here.hostname)) : [];
  const sameHost = places.filter(({ hostname }) => hostname === here.hostname);
  return [...new Set([...sameHost, ...named, ...places].map(({ origin }) => origin))];
}

/** Of `localhost` and 127.0.0.1, whoever is at the one is at the other. */
function isSameMachine(place: URL, here: Here): boolean {
  const port = new URL(here.origin).port;
  const both = isLoopback(place.hostname) && isLoopback(here.hostname);
  return both && place.port === port && place.protocol === here.protocol;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function isName(host: string): boolean {
  return host !== 'localhost' && !/^\[|^[\d.]+$/.test(host);
}

function withHost(place: URL, host: string): URL {
  const named = new URL(place);
  named.hostname = host;
  return named;
}
