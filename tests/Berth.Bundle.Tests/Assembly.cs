using Berth.Bundle.Tests;

// All tests look at one bundle, and start processes: one after the other, or they disturb each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(MadeBundle))]
