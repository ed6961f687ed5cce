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

    [Theory]
    [InlineData("postgres://u:secret@h/d")]
    [InlineData("postgresql://u:secret@h/d")]
    public void Members_share_a_PostgreSQL_and_its_password_is_not_shown(string text)
    {
        var uri = StorageUri.Parse(text);
        uri.IsShared.ShouldBeTrue();
        uri.ToString().ShouldBe("postgres://u@h/d");
        Should.Throw<StoreException>(() => uri.Path).Message.ShouldNotContain("secret");
    }

    [Fact]
    public void The_default_is_a_file_in_the_working_folder() =>
        StorageUri.Parse(StorageUri.Default).ShouldBe(StorageUri.OfFile(Path.Combine(Environment.CurrentDirectory, "berth.sqlite")));

    [Theory]
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
