/** The ledger's Lua for Redis: each script checks and writes with nothing in between, whichever server asks. */
import { scriptOf } from '../store/redis-connection';

/** In front of every key; servers that share a Redis with another site use another database of it (`redis://…/1`). */
export const PREFIX = 'smallfirst:';

const DAY_S = 86_400;
/** Of single calls, each some 700 bytes of Redis' memory; sums are kept longer. */
const KEPT_ENTRIES_S = 32 * DAY_S;
const KEPT_TOTALS_S = 400 * DAY_S;
/** Beyond the longest that a lost message may still arrive. */
const KEPT_GONE_S = 3_600;

/**
 * `entry:ID` hash of a call, `ids:DAY` list of the day's calls, `totals:DAY` hash of sums, `held:SERVER` set of what a server holds,
 * `later` set of what no server's end touches, `leases` hash of servers and the tick of their last beat, `clock` that ticks, `hash:HASH` of idempotency, `gone:ID` of calls given up.
 */
const SHARED = `
local P = '${PREFIX}'

local function book(day, call, spent, held, calls)
  local accounts = {'day', '', 'site', call.site, 'visitor', call.visitor, 'model', call.model}
  local key = P .. 'totals:' .. day
  for i = 1, 8, 2 do
    local function add(what, by)
      redis.call('HINCRBY', key, accounts[i] .. ' ' .. what .. ' ' .. accounts[i + 1], by)
    end
    if spent ~= 0 then add('spent', spent) end
    if held ~= 0 then add('held', held) end
    if calls ~= 0 then add('calls', calls) end
  end
end

local function holders(call, server)
  return call.isLater and P .. 'later' or P .. 'held:' .. server
end

local function hold(request, call, at, day, server)
  local key = P .. 'entry:' .. call.id
  redis.call('HSET', key, 'request', request, 'at', at, 'day', day, 'server', server,
    'state', 'held', 'outcome', 'incomplete', 'cost', '0')
  redis.call('EXPIRE', key, ${KEPT_ENTRIES_S})
  redis.call('SADD', holders(call, server), call.id)
  if call.idempotencyHash then
    redis.call('HSET', P .. 'hash:' .. call.idempotencyHash, 'at', at, 'id', call.id)
    redis.call('EXPIRE', P .. 'hash:' .. call.idempotencyHash, ${2 * DAY_S})
  end
  redis.call('RPUSH', P .. 'ids:' .. day, call.id)
  redis.call('EXPIRE', P .. 'ids:' .. day, ${KEPT_ENTRIES_S})
  book(day, call, 0, call.worstNanoUsd, 1)
  redis.call('EXPIRE', P .. 'totals:' .. day, ${KEPT_TOTALS_S})
end

local function read(id)
  local of = redis.call('HMGET', P .. 'entry:' .. id, 'request', 'state', 'outcome', 'cost', 'day', 'server')
  if not of[1] then return nil end
  return {call = cjson.decode(of[1]), state = of[2], outcome = of[3], cost = tonumber(of[4]), day = of[5], server = of[6],
    isOpen = of[2] == 'held' or of[3] == 'swept'}
end

local function close(entry, state, outcome, cost, settlement)
  local call = entry.call
  book(entry.day, call,
    (state == 'settled' and cost or 0) - (entry.state == 'settled' and entry.cost or 0),
    entry.state == 'held' and -call.worstNanoUsd or 0,
    state == 'released' and -1 or 0)
  redis.call('HSET', P .. 'entry:' .. call.id, 'state', state, 'outcome', outcome, 'cost', cost, 'settlement', settlement)
  redis.call('SREM', holders(call, entry.server), call.id)
  if state == 'released' and call.idempotencyHash then
    local key = P .. 'hash:' .. call.idempotencyHash
    if redis.call('HGET', key, 'id') == call.id then redis.call('DEL', key) end
  end
end
`;

/** Arguments: request, now, day, server, then the caps of day, site and visitor. */
export const RESERVE = scriptOf(`${SHARED}
local request, at, day, server = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local call = cjson.decode(request)
if redis.call('HEXISTS', P .. 'leases', server) == 0 then return {'unknown'} end
if redis.call('EXISTS', P .. 'entry:' .. call.id, P .. 'gone:' .. call.id) > 0 then return {'used'} end
if call.idempotencyHash then
  local first = redis.call('HMGET', P .. 'hash:' .. call.idempotencyHash, 'at', 'id')
  if first[1] and tonumber(first[1]) > tonumber(at) - ${DAY_S * 1_000} then return {'repeated', first[2]} end
end
local caps = {'day', '', 'site', call.site, 'visitor', call.visitor}
for i = 1, 6, 2 do
  local of = redis.call('HMGET', P .. 'totals:' .. day, caps[i] .. ' spent ' .. caps[i + 1], caps[i] .. ' held ' .. caps[i + 1])
  local sum = (tonumber(of[1] or nil) or 0) + (tonumber(of[2] or nil) or 0)
  if sum + call.worstNanoUsd > tonumber(ARGV[5 + (i - 1) / 2]) then return {'exhausted', caps[i]} end
end
hold(request, call, at, day, server)
return {'reserved'}`);

/**
 * Arguments: id, outcome, cost, settlement, then the request, its time, day and server where the asking server made the call: what
 * Redis has lost is written again, since the call was made all the same.
 */
export const SETTLE = scriptOf(`${SHARED}
local id = ARGV[1]
local entry = read(id)
if not entry and ARGV[5] ~= '' then
  hold(ARGV[5], cjson.decode(ARGV[5]), ARGV[6], ARGV[7], ARGV[8])
  entry = read(id)
end
if entry and entry.isOpen then close(entry, 'settled', ARGV[2], tonumber(ARGV[3]), ARGV[4]) end
return 0`);

/** Also where nobody knows whether the reservation arrived: one that comes after this is refused. Arguments: id. */
export const RELEASE = scriptOf(`${SHARED}
local entry = read(ARGV[1])
if not entry then
  redis.call('SET', P .. 'gone:' .. ARGV[1], '1', 'EX', ${KEPT_GONE_S})
elseif entry.isOpen then
  close(entry, 'released', 'incomplete', 0, '')
end
return 0`);

/** Holds again what is open in the asking server, and was swept or lost meanwhile. Arguments: request, its time, day, server. */
export const RESTORE = scriptOf(`${SHARED}
local call = cjson.decode(ARGV[1])
local entry = read(call.id)
if not entry then
  if redis.call('EXISTS', P .. 'gone:' .. call.id) == 0 then hold(ARGV[1], call, ARGV[2], ARGV[3], ARGV[4]) end
elseif entry.isOpen then
  if entry.state == 'settled' then book(entry.day, call, -entry.cost, call.worstNanoUsd, 0) end
  redis.call('HSET', P .. 'entry:' .. call.id, 'state', 'held', 'outcome', 'incomplete', 'cost', '0', 'server', ARGV[4])
  redis.call('SADD', holders(call, ARGV[4]), call.id)
end
return 0`);

/**
 * Says that a server lives, and settles what the dead hold at the price of its prompt. Time is counted in ticks, of which one comes
 * with a beat, at most every so many milliseconds: while Redis is away nobody's lease runs out, and nobody is dead
 * because its beat comes a moment after another's. Arguments: server, milliseconds of a tick, ticks of a lease. Gives whether the
 * server was known, and how many were swept.
 */
export const BEAT = scriptOf(`${SHARED}
local server = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local clock = redis.call('HMGET', P .. 'clock', 'at', 'tick')
local at, tick = tonumber(clock[1] or nil) or 0, tonumber(clock[2] or nil) or 0
if now - at >= tonumber(ARGV[2]) or now < at then
  tick = tick + 1
  redis.call('HSET', P .. 'clock', 'at', now, 'tick', tick)
end
local isKnown = redis.call('HEXISTS', P .. 'leases', server)
redis.call('HSET', P .. 'leases', server, tick)
local swept = 0
local leases = redis.call('HGETALL', P .. 'leases')
for i = 1, #leases, 2 do
  if tonumber(leases[i + 1]) < tick - tonumber(ARGV[3]) then
    local dead = leases[i]
    for _, id in ipairs(redis.call('SMEMBERS', P .. 'held:' .. dead)) do
      local entry = read(id)
      if entry and entry.state == 'held' then
        close(entry, 'settled', 'swept', entry.call.promptNanoUsd, '')
        swept = swept + 1
      end
    end
    redis.call('DEL', P .. 'held:' .. dead)
    redis.call('HDEL', P .. 'leases', dead)
  end
end
return {isKnown, swept}`);

/** A server ends: what it still holds, the next beat of another sweeps. Arguments: server. */
export const LEAVE = scriptOf(`${SHARED}
if redis.call('SCARD', P .. 'held:' .. ARGV[1]) == 0 then
  redis.call('HDEL', P .. 'leases', ARGV[1])
else
  redis.call('HSET', P .. 'leases', ARGV[1], '-1000000')
end
return 0`);
