// The names of perf report's sort keys and fields, for completion: those that the report takes are offered.

export const PERF_KEYS: readonly string[] = [
  'abort', 'addr', 'addr_from', 'addr_to', 'blocked', 'cache', 'callchain_branch_abort', 'callchain_branch_cycles', 'callchain_branch_predicted',
  'cgroup', 'cgroup_id', 'code_page_size', 'comm', 'comm_nodigit', 'cpu', 'cycles', 'data_page_size', 'dcacheline', 'dso', 'dso_daddr', 'dso_from',
  'dso_size', 'dso_to', 'dtlb', 'in_tx', 'ins_lat', 'ipc_lbr', 'ipc_null', 'latency', 'latency_children', 'local_ins_lat', 'local_p_stage_cyc',
  'local_retire_lat', 'local_weight', 'locked', 'mem', 'memory', 'mispredict', 'op', 'overhead', 'overhead_children', 'overhead_guest_sys',
  'overhead_guest_us', 'overhead_sys', 'overhead_us', 'p_stage_cyc', 'parallelism', 'parent', 'period', 'phys_daddr', 'pid', 'retire_lat', 'sample',
  'simd', 'snoop', 'socket', 'srcfile', 'srcline', 'srcline_from', 'srcline_to', 'symbol', 'symbol_daddr', 'symbol_from', 'symbol_iaddr', 'symbol_size',
  'symbol_to', 'symoff', 'tgid', 'time', 'tlb', 'trace', 'transaction', 'type', 'typecln', 'typeoff', 'weight', 'weight1', 'weight2', 'weight3',
];
