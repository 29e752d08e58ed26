/*
 * The few things that must happen together or not at all, as Redis scripts. Keys: `active` is a hash vmid → reservation,
 * a reservation {id, source, target, admitted}. A guest has at most one reservation, and only the end of its move frees it:
 * a slot is held as long as Proxmox may be working, even while no migrator runs.
 */

/** KEYS active, record. ARGV vmid, reservation, record. Gives the id in the way, or '' when accepted. */
export const acceptScript = `
local taken = redis.call('HGET', KEYS[1], ARGV[1])
if taken then return cjson.decode(taken).id end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[3])
return ''`;

/** KEYS active. ARGV vmid, id, limits cluster, per source, per target. Gives '' when admitted, else what is full. */
export const admitScript = `
local mine = redis.call('HGET', KEYS[1], ARGV[1])
if not mine then return 'reservation lost' end
mine = cjson.decode(mine)
if mine.id ~= ARGV[2] then return 'reservation lost' end
if mine.admitted then return '' end
local cluster, source, target = 0, 0, 0
for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
  local other = cjson.decode(text)
  if other.admitted then
    cluster = cluster + 1
    if other.source == mine.source then source = source + 1 end
    if other.target == mine.target then target = target + 1 end
  end
end
if cluster >= tonumber(ARGV[3]) then return 'a free slot in the cluster' end
if source >= tonumber(ARGV[4]) then return 'a free slot on source ' .. mine.source end
if target >= tonumber(ARGV[5]) then return 'a free slot on target ' .. mine.target end
mine.admitted = true
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(mine))
return ''`;

/** KEYS record. ARGV record with the token, expected state. Gives 1 when the right to start was won. */
export const claimStartScript = `
local known = redis.call('GET', KEYS[1])
if not known then return 0 end
if cjson.decode(known).migration.state ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`;

/** KEYS active, record, history. ARGV vmid, id, record, seconds to keep. History gets each migration once. */
export const finishScript = `
local mine = redis.call('HGET', KEYS[1], ARGV[1])
if mine and cjson.decode(mine).id == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'migration_id', ARGV[2], 'record', ARGV[3])
end
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
return 1`;
