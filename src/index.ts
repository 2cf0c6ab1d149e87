// The public library, without anything of Node: what a page or another run time uses. In Node `import … from 'perfts'` gives
// src/node/index.ts, which adds opening by path.

export { Recording } from './profile/recording.ts';
export type { Frame, ProfileOptions, RecordingInput, Sample, TimedRecord, WalkOptions } from './profile/recording.ts';
export { openArchive } from './profile/archive/archive-input.ts';
export { BranchFlag } from './profile/profile.ts';
export type { Branches, Profile, ProfileEvent, ProfileThread, SampleDetail, Tallies } from './profile/profile.ts';
export { FrameFlag, FrameTable } from './profile/frame-table.ts';
export { StackTable } from './profile/stack-table.ts';
export { unitOf, weightedStacks } from './profile/weighted-stacks.ts';
export type { WeightedStacks } from './profile/weighted-stacks.ts';
export { pythonView } from './profile/python/python-view.ts';
export type { PythonStacks } from './profile/python/python-view.ts';
export { timeSplit } from './profile/python/time-split.ts';
export type { TimeShare } from './profile/python/time-split.ts';
export { frameLabel } from './profile/stack-frame.ts';
export type { FrameKind, StackFrame } from './profile/stack-frame.ts';
export type { ModuleUse, QualityReport, UnnamedModule } from './profile/quality.ts';
export type { DumpAdvice } from './profile/stack-depths.ts';
export type { Diagnosis, ModuleDiagnosis, PythonDiagnosis, Symptom } from './profile/diagnosis.ts';
export { doctorJson, doctorLines } from './views/doctor.ts';
export type { DoctorOptions } from './views/doctor.ts';
export { qualityLines } from './views/quality-text.ts';
export { writeReport } from './views/report/report.ts';
export type { CallGraphOptions, ReportViewOptions } from './views/report/options.ts';
export { validate } from './profile/validate.ts';
export type { ValidateInput, Validation } from './profile/validate.ts';
export type { Finding, FindingGroup, Rule, Severity } from './bytes/findings.ts';
export { MemorySource } from './bytes/source.ts';
export type { ByteSource } from './bytes/source.ts';
export type { Damage } from './bytes/diagnostics.ts';
export { PerftsError } from './bytes/errors.ts';
export type { ErrorCode } from './bytes/errors.ts';
export { MemoryTree } from './symbols/file-tree.ts';
export type { FileTree, TreeFile } from './symbols/file-tree.ts';
export type { MoreFolders } from './symbols/search-step.ts';
