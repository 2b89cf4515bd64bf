/** `timeball check`: names every problem of a configuration before it is used. */
import { defaultConfigYaml } from '../config/default-yaml.ts';
import { configFrom, leapFrom } from './serve.ts';

export async function check(file: string, printDefault: boolean): Promise<void> {
  if (printDefault) {
    process.stdout.write(defaultConfigYaml());
    return;
  }
  const leap = leapFrom(configFrom(file));
  process.stdout.write(`${file}: fine; leap seconds from ${leap.source}\n`);
}
