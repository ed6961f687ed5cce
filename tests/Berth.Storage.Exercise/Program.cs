using Berth.Storage.Exercise;

// A process of its own for the tests of Berth.Storage, and the measurements that its DESIGN.md quotes.
switch (args)
{
    case ["starts", var database, var count]:
        await Starts.RunAsync(database, int.Parse(count));
        return 0;
    case ["hold", var database]:
        await Hold.RunAsync(database);
        return 0;
    case ["append", var database]:
        await Appends.RunAsync(database);
        return 0;
    case ["bench", var folder]:
        await Bench.RunAsync(folder);
        return 0;
    case ["bench-postgres", var connectionString]:
        await PostgresBench.RunAsync(connectionString);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: starts DATABASE COUNT | hold DATABASE | append DATABASE | bench FOLDER | bench-postgres CONNECTION");
        return 2;
}
