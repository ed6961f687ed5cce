return await Berth.Chaos.Runs.CommandLine.RunAsync(args, Console.Out);
