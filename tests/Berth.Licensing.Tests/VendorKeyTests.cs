namespace Berth.Licensing.Tests;

public sealed class VendorKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("berth-vendor-key").FullName;

    private string KeyPath => Path.Combine(_folder, "vendor.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Seed_gives_its_public_key()
    {
        VendorKey.TryParse($" {Golden.SeedHex.ToUpperInvariant()}\n", out var key).ShouldBeTrue();
        key.PublicKeyHex.ShouldBe(Golden.PublicKey);
        key.ToSeedHex().ShouldBe(Golden.SeedHex);
        key.Seed.ToArray().ShouldBe(Golden.Seed);
        key.PublicKey.ToArray().ShouldBe(Convert.FromHexString(Golden.PublicKey));
        key.ToString().ShouldNotContain(Golden.SeedHex);
    }

    [Fact]
    public void Generated_keys_differ_and_work()
    {
        var key = VendorKey.Generate();
        key.PublicKeyHex.ShouldNotBe(VendorKey.Generate().PublicKeyHex);
        Ed25519.Verify(key.PublicKey, "berth"u8, Ed25519.Sign(key.Seed, "berth"u8)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")]
    [InlineData("g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("000102030405060708090a0b0c0d0e0 f101112131415161718191a1b1c1d1e1")]
    public void Anything_but_64_digits_is_no_key(string? hex)
    {
        VendorKey.TryParse(hex, out var key).ShouldBeFalse();
        key.ShouldBeNull();
        VendorKey.TryParsePublicKey(hex, out var publicKey).ShouldBeFalse();
        publicKey.ShouldBeNull();
    }

    [Fact]
    public void Placeholder_of_zeros_is_no_public_key() => VendorKey.TryParsePublicKey(new string('0', 64), out _).ShouldBeFalse();

    [Fact]
    public void Files_are_written_and_read_back()
    {
        var key = VendorKey.Generate();
        VendorKeyFile.Write(key, KeyPath);
        VendorKeyFile.Read(KeyPath).ToSeedHex().ShouldBe(key.ToSeedHex());
        File.ReadAllText(KeyPath + ".pub").ShouldBe(key.PublicKeyHex + "\n");
        Directory.GetFiles(_folder).Length.ShouldBe(2);
    }

    [Fact]
    public void Public_file_does_not_sign()
    {
        VendorKeyFile.Write(VendorKey.Generate(), KeyPath);
        Should.Throw<InvalidDataException>(() => VendorKeyFile.Read(KeyPath + ".pub")).Message.ShouldContain("is the public key");
    }

    [Fact]
    public void Private_file_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such modes on Windows.");
        VendorKeyFile.Write(VendorKey.Generate(), KeyPath);
#pragma warning disable CA1416 // Skipped on Windows above.
        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
    }

    [Theory]
    [InlineData("vendor.key")]
    [InlineData("vendor.key.pub")]
    public void Existing_file_stays_unless_overwriting_is_asked_for(string existing)
    {
        File.WriteAllText(Path.Combine(_folder, existing), "precious");
        var key = VendorKey.Generate();
        Should.Throw<IOException>(() => VendorKeyFile.Write(key, KeyPath)).Message.ShouldContain(existing);
        File.ReadAllText(Path.Combine(_folder, existing)).ShouldBe("precious");
        Directory.GetFiles(_folder).Length.ShouldBe(1);

        VendorKeyFile.Write(key, KeyPath, overwrite: true);
        VendorKeyFile.Read(KeyPath).PublicKeyHex.ShouldBe(key.PublicKeyHex);
        File.ReadAllText(KeyPath + ".pub").ShouldBe(key.PublicKeyHex + "\n");
        Directory.GetFiles(_folder).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    public void File_that_is_no_key_is_refused_by_name(string contents)
    {
        File.WriteAllText(KeyPath, contents);
        Should.Throw<InvalidDataException>(() => VendorKeyFile.Read(KeyPath)).Message.ShouldContain(KeyPath);
    }

    [Fact]
    public void Key_followed_by_much_else_is_refused()
    {
        File.WriteAllText(KeyPath, Golden.SeedHex + new string('\n', 1_000_000) + "x");
        Should.Throw<InvalidDataException>(() => VendorKeyFile.Read(KeyPath));
    }

    [Fact]
    public void Missing_file_is_an_io_error() => Should.Throw<FileNotFoundException>(() => VendorKeyFile.Read(KeyPath));
}
