// Plain JavaScript: reset.mjs asks it where no packages may be installed.
import { readFileSync } from 'node:fs';

/**
 * Names a running process beyond doubt: its pid and the moment it started, since pids are used again. Undefined when
 * there is no such process.
 */
export function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field may hold spaces and brackets, so count from the last bracket: state is field 3, start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid}:${fields[19]}`;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** The pid of a process written down by {@link identityOf}, if that very process still runs. */
export function runningPid(identity) {
  const pid = Number(identity.split(':')[0]);
  return identityOf(pid) === identity.trim() ? pid : undefined;
}
