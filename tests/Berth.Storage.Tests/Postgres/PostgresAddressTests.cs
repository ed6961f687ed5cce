using Berth.Storage.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ann@db/berth", "postgres://ann@db/berth")]
    [InlineData("postgresql://ann@db/berth", "postgres://ann@db/berth")]
    [InlineData("postgres://ann@db:5432/berth", "postgres://ann@db/berth")]
    [InlineData("postgres://ann@db:6000/berth?", "postgres://ann@db:6000/berth")]
    [InlineData("postgres://ann:s3cret@db.site:1,10.0.0.7,[fe80::1]:65535,[::1]/berth", "postgres://ann@db.site:1,10.0.0.7,[fe80::1]:65535,[::1]/berth")]
    [InlineData("postgres://a%40n%3An:s3c%2Fret@db/b%20%C3%BC", "postgres://a%40n%3An@db/b%20%C3%BC")]
    [InlineData("postgres://ann:s3:c@ret@db/berth", "postgres://ann@db/berth")]
    [InlineData("postgres://ann@%2Frun%2Fpostgresql/berth", "postgres://ann@%2Frun%2Fpostgresql/berth")]
    [InlineData("postgres://ann@db/berth?sslmode=verify-full&sslrootcert=/etc/ca.pem&", "postgres://ann@db/berth?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem")]
    public void An_address_is_shown_without_its_password(string text, string shown)
    {
        var address = PostgresAddress.Parse(text);
        address.ToString().ShouldBe(shown);
        PostgresAddress.Parse(shown).ToString().ShouldBe(shown);
    }

    [Fact]
    public void Percent_signs_are_taken_out_and_each_host_keeps_its_port()
    {
        var address = PostgresAddress.Parse("postgres://a%40b:p%2F%C3%BC%3B%27%22%3D@db:7000,[::1]/x%3By");
        address.Hosts.ShouldBe([new PostgresHost("db", 7000), new PostgresHost("::1", 5432)]);
        address.HostNames.ShouldBe("db:7000,[::1]");
        foreach (var host in address.Hosts)
        {
            var settings = new NpgsqlConnectionStringBuilder(address.ConnectionStringOf(host));
            (settings.Username, settings.Password, settings.Database).ShouldBe(("a@b", "p/ü;'\"=", "x;y"));
            (settings.Host, settings.Port, settings.Pooling, settings.Timeout).ShouldBe((host.Name, host.Port, false, 1));
        }

        new NpgsqlConnectionStringBuilder(address.ConnectionString).Host.ShouldBe("db:7000,[::1]:5432");
    }

    [Fact]
    public void Parameters_reach_the_driver()
    {
        var address = PostgresAddress.Parse(
            "postgres://ann@db/berth?sslmode=verify-ca&sslrootcert=/ca&sslcert=/c&sslkey=/k&application_name=x%26y&connect_timeout=7&passfile=/p");
        var settings = new NpgsqlConnectionStringBuilder(address.ConnectionStringOf(address.Hosts[0]));
        (settings.SslMode, settings.RootCertificate, settings.SslCertificate, settings.SslKey).ShouldBe((SslMode.VerifyCA, "/ca", "/c", "/k"));
        (settings.ApplicationName, settings.Timeout, settings.Passfile).ShouldBe(("x&y", 7, "/p"));
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("require&sslrootcert=/ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void The_modes_have_their_usual_names(string mode, object expected)
    {
        var address = PostgresAddress.Parse("postgres://ann@db/berth?sslmode=" + mode);
        new NpgsqlConnectionStringBuilder(address.ConnectionString).SslMode.ShouldBe((SslMode)expected);
    }

    [Theory]
    [InlineData("postgres://", "no user")]
    [InlineData("postgres://db/berth", "no user")]
    [InlineData("postgres://@db/berth", "no user")]
    [InlineData("postgres://ann@/berth", "no host")]
    [InlineData("postgres://ann@db,/berth", "no host")]
    [InlineData("postgres://ann@db", "no database")]
    [InlineData("postgres://ann@db/", "no database")]
    [InlineData("postgres://ann@db?sslmode=require", "no database")]
    [InlineData("postgres://ann:@db/berth", "no password after the colon")]
    [InlineData("postgres://ann@db/berth/more", "more than a database")]
    [InlineData("postgres://ann@db:0/berth", "\"0\"")]
    [InlineData("postgres://ann@db:65536/berth", "\"65536\"")]
    [InlineData("postgres://ann@db:+1/berth", "\"+1\"")]
    [InlineData("postgres://ann@db:/berth", "port")]
    [InlineData("postgres://ann@::1/berth", "port")]
    [InlineData("postgres://ann@[::1/berth", "without a ]")]
    [InlineData("postgres://ann@[::1]5432/berth", "port")]
    [InlineData("postgres://ann@[db]/berth", "no IPv6 address")]
    [InlineData("postgres://ann@d;b/berth", "no host name")]
    [InlineData("postgres://ann@a%2Cb/berth", "no host name")]
    [InlineData("postgres://ann@a%3A1/berth", "no host name")]
    [InlineData("postgres://ann@db/a%00b", "control characters")]
    [InlineData("postgres://ann@db/a\nb", "control characters")]
    [InlineData("postgres://ann@db/%ff", "not UTF-8")]
    [InlineData("postgres://ann@db/a%", "two hexadecimal digits")]
    [InlineData("postgres://ann@db/a%4", "two hexadecimal digits")]
    [InlineData("postgres://ann@db/a%+4", "two hexadecimal digits")]
    [InlineData("postgres://ann@db/berth?sslmode=on", "\"on\"")]
    [InlineData("postgres://ann@db/berth?connect_timeout=0", "\"0\"")]
    [InlineData("postgres://ann@db/berth?connect_timeout=61", "\"61\"")]
    [InlineData("postgres://ann@db/berth?sslmode", "value of sslmode")]
    [InlineData("postgres://ann@db/berth?sslmode=allow&sslmode=disable", "twice")]
    [InlineData("postgres://ann@db/berth?Pooling=true", "application_name, connect_timeout, passfile, sslcert, sslkey, sslmode, sslrootcert")]
    public void An_address_that_cannot_be_is_refused_with_what_is_wrong(string text, string said) =>
        Should.Throw<StoreException>(() => PostgresAddress.Parse(text)).Message.ShouldContain(said);

    [Theory]
    [InlineData("postgres://ann:s3cret@db/berth/more")]
    [InlineData("postgres://ann:s3cret@db:x/berth")]
    [InlineData("postgres://ann:s3cret@db/berth?password=s3cret")]
    [InlineData("postgres://ann:s3cret")]
    [InlineData("postgres://ann:s3cret/x@db/berth")]
    [InlineData("postgres://ann:x/s3cret@db/berth")]
    [InlineData("postgres://ann:x?s3cret@db/berth")]
    [InlineData("postgres://ann:x@s3cret/y@db/berth")]
    [InlineData("postgres://ann:x@y?s3cret@db/berth")]
    [InlineData("postgres://ann:x@y/s3cret#z@db/berth")]
    [InlineData("postgres://ann:%s3cret@db/berth")]
    [InlineData("postgres://ann:s3cret%00@db/berth")]
    [InlineData("postgres://ann:s3cret%ff@db/berth")]
    [InlineData("postgres://ann:s3cret@/berth")]
    public void A_refusal_never_shows_a_password(string text) =>
        Should.Throw<StoreException>(() => PostgresAddress.Parse(text)).ToString().ShouldNotContain("s3cret");

    [Fact]
    public void Half_a_character_is_refused() =>
        Should.Throw<StoreException>(() => PostgresAddress.Parse("postgres://ann@db/\ud800x")).Message.ShouldContain("not UTF-8");

    [Fact]
    public void An_address_without_end_is_refused() =>
        Should.Throw<StoreException>(() => PostgresAddress.Parse("postgres://ann@" + new string('x', 5_000) + "/berth")).Message.ShouldContain("4096");

    [Fact]
    public void More_hosts_than_anybody_has_are_refused() => Should.Throw<StoreException>(
        () => PostgresAddress.Parse("postgres://ann@" + string.Join(',', Enumerable.Repeat("db", 17)) + "/berth")).Message.ShouldContain("17 hosts");
}
