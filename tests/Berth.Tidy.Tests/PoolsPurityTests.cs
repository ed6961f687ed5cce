using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>
/// The rules know no I/O, threads, clock or log. The implicit usings bring System.IO and System.Threading in without a word,
/// so the types that would be reached for are looked for by name, too.
/// </summary>
public sealed partial class PoolsPurityTests
{
    private static readonly HashSet<string> _types =
    [
        "FileStream", "FileInfo", "DirectoryInfo", "StreamReader", "StreamWriter", "Console", "Environment", "Process",
        "HttpClient", "HttpMessageInvoker", "Socket", "Task", "ValueTask", "TaskCompletionSource", "Thread", "ThreadPool", "Monitor",
        "Interlocked", "SemaphoreSlim", "CancellationToken", "CancellationTokenSource", "TimeProvider", "Stopwatch", "Timer", "ILogger",
    ];

    [Fact]
    public void Pools_are_only_rules() =>
        Checkout.Product.Where(source => source.IsUnder("src/Berth.Pools")).SelectMany(Violations).ShouldBeEmpty();

    [Theory]
    [InlineData("using System.IO;")]
    [InlineData("using System.Net.Http;")]
    [InlineData("global using System.Threading.Channels;")]
    [InlineData("using static System.IO.File;")]
    [InlineData("using Files = System.IO.File;")]
    [InlineData("using Microsoft.Extensions.Logging;")]
    [InlineData("class A { string M() => System.IO.File.ReadAllText(\"x\"); }")]
    [InlineData("class A { string M() => File.ReadAllText(\"x\"); }")]
    [InlineData("class A(global::System.Threading.Lock gate);")]
    [InlineData("class A { async Task M() { } }")]
    [InlineData("class A(TimeProvider clock);")]
    [InlineData("class A { void M() => Console.WriteLine(); }")]
    public void Reaching_outside_is_reported(string text) => Violations(Source.Sample(text)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("using System.Collections.Generic;\nusing System.Security.Cryptography;")]
    [InlineData("record Mail(string File, long Now) { string M() => File.ToString(); }")]
    [InlineData("class A { string s = \"Console\"; }")]
    public void Plain_rules_are_not_reported(string text) => Violations(Source.Sample(text)).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source) =>
        source.Root.DescendantNodes()
            .Where(node => node is NameSyntax or MemberAccessExpressionSyntax && IsOutside(node))
            .Select(node => $"{source.At(node)} {node} does not belong to the rules");

    private static bool IsOutside(SyntaxNode node) => node switch
    {
        SimpleNameSyntax name => _types.Contains(name.Identifier.ValueText) && !IsMember(name),
        QualifiedNameSyntax or MemberAccessExpressionSyntax => Outside.IsMatch(node.ToString()),
        _ => false,
    };

    private static bool IsMember(SimpleNameSyntax name) => name.Parent is MemberAccessExpressionSyntax access && access.Name == name;

    [GeneratedRegex(
        @"^((global::)?(System\.(IO|Net|Threading)|Microsoft\.Extensions)\b"
        + @"|(File|Directory)\.(Open|Read|Write|Append|Create|Exists|Delete|Move|Copy|Enumerate|Get))",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Outside { get; }
}
