using System.Text;
using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

/// <summary>Strings as Go's encoder writes them.</summary>
public sealed class GoJsonTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain-KEY_1", "\"plain-KEY_1\"")]
    [InlineData("<>&", "\"\\u003c\\u003e\\u0026\"")]
    [InlineData("\u2028\u2029", "\"\\u2028\\u2029\"")]
    [InlineData("\"\\", "\"\\\"\\\\\"")]
    [InlineData("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"")]
    [InlineData("\u0000\u001f\u000b", "\"\\u0000\\u001f\\u000b\"")]
    [InlineData("\u007f\u00e9\U0001F600/'", "\"\u007f\u00e9\U0001F600/'\"")]
    public void Strings_are_escaped_as_Go_does(string text, string json) => Encoding.UTF8.GetString(GoJson.Quote(text)).ShouldBe(json);
}
