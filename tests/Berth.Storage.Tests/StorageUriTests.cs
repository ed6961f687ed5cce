namespace Berth.Storage.Tests;

public sealed class StorageUriTests
{
    [Theory]
    [InlineData("sqlite:/a/b.sqlite", "/a/b.sqlite")]
    [InlineData("sqlite:/a/../b c.sqlite", "/b c.sqlite")]
    public void The_path_is_what_follows_the_scheme(string text, string path)
    {
        StorageUri.Parse(text).Path.ShouldBe(path);
        StorageUri.Parse(text).ToString().ShouldBe("sqlite:" + path);
    }

    [Fact]
    public void The_default_is_a_file_in_the_working_folder() =>
        StorageUri.Parse(StorageUri.Default).ShouldBe(StorageUri.OfFile(Path.Combine(Environment.CurrentDirectory, "berth.sqlite")));

    [Theory]
    [InlineData("postgres://u:secret@h/d", "PostgreSQL")]
    [InlineData("postgresql://h/d", "PostgreSQL")]
    [InlineData("sqlite:", "names no file")]
    [InlineData("mysql://u:secret@h", "not known")]
    [InlineData("", "not known")]
    public void Anything_else_is_refused(string text, string words)
    {
        var error = Should.Throw<StoreException>(() => StorageUri.Parse(text));
        error.Message.ShouldContain(words);
        error.Message.ShouldNotContain("secret");
    }
}
