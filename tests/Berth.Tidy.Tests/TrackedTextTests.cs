using System.Text.RegularExpressions;

namespace Berth.Tidy.Tests;

/// <summary>No tracked file names a folder of one machine, a package server, or something beside the checkout.</summary>
public sealed partial class TrackedTextTests
{
    // The samples are put together here, or this file would report itself.
    private const string Slash = "/";
    private const string Web = "https:" + "//";

    [Fact]
    public void Tracked_files_stay_within_the_checkout()
    {
        var tracked = Checkout.Tracked();
        tracked.ShouldContain("Cluster.sln");
        tracked.Where(Checkout.Exists).SelectMany(path => Violations(path, Checkout.Read(path))).ShouldBeEmpty();
    }

    [Fact]
    public void Package_sources_are_only_added_to() => NuGetViolations(Checkout.Read("NuGet.Config")).ShouldBeEmpty();

    [Theory]
    [InlineData("cd " + Slash + "work/main")]
    [InlineData("\"" + Slash + "root/.cache\"")]
    [InlineData("path=" + Slash + "home/me/x")]
    [InlineData("(file://" + Slash + "home/me/x)")]
    [InlineData(Web + "api.NuGet.org/v3/index.json")]
    [InlineData("http:" + "//registry.example.com/x")]
    [InlineData("see .." + Slash + "shared/notes.md")]
    public void A_place_outside_is_reported(string text) =>
        Violations("a.txt", "first\n" + text).ShouldHaveSingleItem().ShouldStartWith("a.txt:2 ");

    [Theory]
    [InlineData("/v1/home/x and $HOME/work/x and src/root/x")]
    [InlineData("https://example.com/home/x - a nuget registry")]
    [InlineData("../src/shared/x")]
    [InlineData("\0 " + Slash + "work/x in a binary file")]
    public void Other_places_are_not_reported(string text) => Violations("a.txt", text).ShouldBeEmpty();

    [Theory]
    [InlineData("<packageSources><clear /></packageSources>")]
    [InlineData("<add key='a' value='HTTP://example.com' />")]
    public void A_package_source_that_replaces_or_needs_a_network_is_reported(string text) => NuGetViolations(text).ShouldHaveSingleItem();

    private static IEnumerable<string> Violations(string path, string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? [] : text.Split('\n').Index()
            .SelectMany(line => Outside.Matches(line.Item).Select(match => $"{path}:{line.Index + 1} {match.Value}"));

    private static IEnumerable<string> NuGetViolations(string text) =>
        new[] { "http", "<clear" }
            .Where(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Select(word => $"NuGet.Config has {word}");

    [GeneratedRegex(
        @"(?<![\w.~})-])/(work|root|home)/|https?://[^ ]*(nuget|registry)|\.\./shared",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex Outside { get; }
}
