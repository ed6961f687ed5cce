// Each test starts processes and measures them: one after the other, or they disturb each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
