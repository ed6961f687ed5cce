return Berth.Simulation.Runs.CommandLine.Run(args, Console.Out);
