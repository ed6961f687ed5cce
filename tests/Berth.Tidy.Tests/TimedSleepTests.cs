using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>
/// Tests advance the clock or await a signal; they do not sleep for a time that somebody guessed. A delay on a clock that is handed
/// in (an argument called …clock or …time) is no sleep.
/// </summary>
public sealed partial class TimedSleepTests
{
    [Fact]
    public void Tests_do_not_sleep()
    {
        Checkout.Tests.ShouldNotBeEmpty();
        Checkout.Tests.Where(source => !source.IsUnder("tests/Berth.Benchmarks")).SelectMany(Violations).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("await Task.Delay(100);")]
    [InlineData("await Task.Delay(2 * 100, stop);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1));")]
    [InlineData("await System.Threading.Tasks.Task.Delay(System.TimeSpan.FromSeconds(seconds), stop);")]
    [InlineData("await Task.Delay(new TimeSpan(1), TimeProvider.System);")]
    [InlineData("Task.Delay(50).Wait();")]
    [InlineData("Thread.Sleep(pause);")]
    public void A_sleep_is_reported(string statement) => Violations(Source.Sample(statement)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("await Task.Delay(Timeout.Infinite, stop);")]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, stop);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), clock);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), world.Clock, stop);")]
    [InlineData("await other.Delay(100);")]
    [InlineData("Say(\"Thread.Sleep(1)\");")]
    public void A_wait_for_a_signal_or_a_given_clock_is_not_reported(string statement) =>
        Violations(Source.Sample(statement)).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source) =>
        source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => Callee.Match(call.Expression.ToString()).Groups["name"].Value switch
            {
                "Thread.Sleep" => true,
                "Task.Delay" => IsTimed(call.ArgumentList.Arguments),
                _ => false,
            })
            .Select(call => $"{source.At(call)} {call}: advance the clock or await a signal");

    private static bool IsTimed(SeparatedSyntaxList<ArgumentSyntax> arguments) =>
        arguments.Count > 0
        && arguments[0].DescendantNodesAndSelf().Any(IsLiteralTime)
        && !(arguments.Count > 1 && Clock.IsMatch(arguments[1].Expression.ToString()));

    private static bool IsLiteralTime(SyntaxNode node) =>
        node.IsKind(SyntaxKind.NumericLiteralExpression) || node is IdentifierNameSyntax { Identifier.ValueText: "TimeSpan" };

    [GeneratedRegex(@"^((global::)?System\.Threading\.(Tasks\.)?)?(?<name>Task\.Delay|Thread\.Sleep)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Callee { get; }

    [GeneratedRegex("(clock|time|timeProvider)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Clock { get; }
}
