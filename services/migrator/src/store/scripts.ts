/*
 * The few things that must happen together or not at all, as Redis scripts. `active` is a hash vmid → reservation {id,
 * vmid, source, target, order, admitted, overtaken}. A guest has at most one reservation, and only the end of its move
 * frees it: a slot is held as long as Proxmox may be working, even while no migrator runs. A record is a hash {record,
 * version, state, cancel}: `cancel` is written by whoever calls the move off, all else by the one who works on it.
 */

/** KEYS active, record, order. ARGV vmid, reservation, record, version. Gives the id in the way, or '' when accepted. */
export const acceptScript = `
local taken = redis.call('HGET', KEYS[1], ARGV[1])
if taken then return cjson.decode(taken).id end
local reservation = cjson.decode(ARGV[2])
reservation.order = redis.call('INCR', KEYS[3])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(reservation))
redis.call('HSET', KEYS[2], 'record', ARGV[3], 'version', ARGV[4], 'state', 'queued')
return ''`;

/**
 * KEYS active. ARGV vmid, id, limits cluster, per source, per target, times a move may be overtaken. Gives '' when
 * admitted, 'lost' without a reservation, else what is full.
 *
 * First come, first served on each node: who waits for a slot there comes before all younger ones. What it does not wait
 * for it leaves to them, so that one full target does not hold up the cluster; but only so many times, then it has its
 * place at both ends.
 */
export const admitScript = `
local text = redis.call('HGET', KEYS[1], ARGV[1])
local mine = text and cjson.decode(text)
if not mine or mine.id ~= ARGV[2] then return 'lost' end
if mine.admitted then return '' end
local perCluster, perSource, perTarget, patience = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local cluster, sources, targets, earlier = 0, {}, {}, {}
local function add(counts, name) counts[name] = (counts[name] or 0) + 1 end
for _, one in ipairs(redis.call('HVALS', KEYS[1])) do
  local other = cjson.decode(one)
  if other.admitted then
    cluster = cluster + 1
    add(sources, other.source)
    add(targets, other.target)
  elseif other.order < mine.order then earlier[#earlier + 1] = other end
end
table.sort(earlier, function(a, b) return a.order < b.order end)
local blocked = {}
for _, other in ipairs(earlier) do
  local noSource = (sources[other.source] or 0) >= perSource
  local noTarget = (targets[other.target] or 0) >= perTarget
  local both = not (noSource or noTarget) or other.overtaken >= patience
  if noSource or noTarget then blocked[#blocked + 1] = other else cluster = cluster + 1 end
  if both or noSource then add(sources, other.source) end
  if both or noTarget then add(targets, other.target) end
end
if (sources[mine.source] or 0) >= perSource then return 'a free slot on source ' .. mine.source end
if (targets[mine.target] or 0) >= perTarget then return 'a free slot on target ' .. mine.target end
if cluster >= perCluster then return 'a free slot in the cluster' end
mine.admitted = true
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(mine))
for _, other in ipairs(blocked) do
  if other.source == mine.source or other.target == mine.target then
    other.overtaken = other.overtaken + 1
    redis.call('HSET', KEYS[1], tostring(other.vmid), cjson.encode(other))
  end
end
return ''`;

/**
 * KEYS record. ARGV version read, version, state, record. Gives 1 when written, 0 when somebody else has written since. A
 * task is never started for a move that was called off: `starting` is refused then.
 */
export const saveScript = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
if ARGV[3] == 'starting' and redis.call('HEXISTS', KEYS[1], 'cancel') == 1 then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3], 'record', ARGV[4])
return 1`;

/** KEYS record, active, history. ARGV as `saveScript`, then vmid, id, seconds to keep. History gets each migration once. */
export const finishScript = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3], 'record', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[7])
local mine = redis.call('HGET', KEYS[2], ARGV[5])
if mine and cjson.decode(mine).id == ARGV[6] then
  redis.call('HDEL', KEYS[2], ARGV[5])
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'migration_id', ARGV[6], 'record', ARGV[4])
end
return 1`;

/** KEYS record. Marks a move whose outcome is still open; gives the state it found, or '' without a record. */
export const cancelScript = `
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return '' end
local open = state == 'queued' or state == 'checking' or state == 'starting' or state == 'running'
if open then redis.call('HSET', KEYS[1], 'cancel', '1') end
return state`;
