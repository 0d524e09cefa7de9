/** Names a running process beyond doubt: its pid and start time. Undefined when there is no such process. */
export function identityOf(pid: number): string | undefined;
/** The pid of a process written down by `identityOf`, if that very process still runs. */
export function runningPid(identity: string): number | undefined;
