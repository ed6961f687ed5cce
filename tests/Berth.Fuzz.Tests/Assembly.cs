// The storm measures a process: nothing else runs beside it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
