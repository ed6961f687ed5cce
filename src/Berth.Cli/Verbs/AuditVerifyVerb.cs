using System.IO.Pipelines;
using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Runtime.Audit;

namespace Berth.Cli.Verbs;

/// <summary>Replays an export, or the store itself, and says whether it proves that no seat was oversold.</summary>
internal static class AuditVerifyVerb
{
    public static readonly Verb Definition = new(
        "audit verify",
        "[FILE|-]",
        "Prove from the history that no seat was oversold",
        [AuditFlags.TrustedKey, ServeFlags.KeyFile],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var trust = AuditFlags.Trust(call);
        var verdict = call.Words switch
        {
            [] => await VerifyStoreAsync(call, trust),
            ["-"] => await AuditVerifier.VerifyAsync(Console.OpenStandardInput(), trust, call.Shell.Stop),
            [var path] => await VerifyFileAsync(call, path, trust),
            _ => throw CommandFailedException.Usage("one file, not several"),
        };
        if (call.Json)
        {
            CliJson.Write(call.Shell, VerdictReport.Of(verdict), CliJson.Readable.VerdictReport);
        }
        else
        {
            VerdictReport.Of(verdict).Write(call);
        }

        return verdict.IsProven ? ExitCode.Done
            : throw new CommandFailedException($"line {verdict.FlawLine}: {verdict.Flaw}", ExitCode.Refused);
    }

    private static async Task<AuditVerdict> VerifyFileAsync(Call call, string path, AuditTrust trust)
    {
        try
        {
            await using var file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, BufferSize = 0 });
            return await AuditVerifier.VerifyAsync(file, trust, call.Shell.Stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var code = error is FileNotFoundException or DirectoryNotFoundException ? ExitCode.NotFound : ExitCode.Failed;
            throw new CommandFailedException(error.Message, code);
        }
    }

    /// <summary>Exports and verifies at once, without a file in between.</summary>
    private static async Task<AuditVerdict> VerifyStoreAsync(Call call, AuditTrust trust)
    {
        await using var reach = await Reach.ForReadingAsync(call);
        var pipe = new Pipe();
        var exporting = ExportAsync();
        var verdict = await AuditVerifier.VerifyAsync(pipe.Reader.AsStream(), trust, call.Shell.Stop);
        await pipe.Reader.CompleteAsync();
        try
        {
            await exporting;
        }
        catch (Exception) when (!verdict.IsProven && !call.Shell.Stop.IsCancellationRequested)
        {
            // Nobody read it to its end, because it is flawed before.
            return verdict;
        }

        return verdict;

        async Task ExportAsync()
        {
            Exception? failure = null;
            try
            {
                await reach.Administration.Audit.ExportAsync(pipe.Writer.AsStream(leaveOpen: true), call.Shell.Stop).OrFailAsync();
            }
            catch (Exception error)
            {
                failure = error;
                throw;
            }
            finally
            {
                await pipe.Writer.CompleteAsync(failure);
            }
        }
    }
}
