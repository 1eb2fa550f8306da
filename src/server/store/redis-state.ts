/** Small facts in Redis, each changed only where nobody else was faster. */
import { scriptOf, type RedisConnection } from './redis-connection';
import type { SharedState } from './shared-state';

/** Keys: the fact. Arguments: the value that it must have ('0', or '1' and it), milliseconds, the new value where there is one. */
const REPLACE = scriptOf(`
local value = redis.call('GET', KEYS[1])
local seen = ARGV[1] == '1' and ARGV[2] or false
if value ~= seen then return 0 end
if ARGV[4] then
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
return 1`);

export function createRedisState(connection: RedisConnection): SharedState {
  const keyOf = (name: string) => `smallfirst:state:${name}`;
  const read = async (name: string) =>
    ((await connection.send(['GET', keyOf(name)])) as string | null) ?? undefined;
  return {
    read,
    async update(name, change, keptMs) {
      for (;;) {
        const seen = await read(name);
        const next = change(seen);
        const expected = seen === undefined ? ['0', ''] : ['1', seen];
        const args = [...expected, String(keptMs), ...(next === undefined ? [] : [next])];
        if ((await connection.run(REPLACE, [keyOf(name)], args)) === 1) return next;
      }
    },
  };
}
