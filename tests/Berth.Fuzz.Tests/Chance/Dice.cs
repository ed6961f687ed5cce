namespace Berth.Fuzz.Tests.Chance;

/// <summary>Chance from a seed (SplitMix64): the same seed throws the same, on every machine and runtime.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Both ends are included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool OneIn(int n) => Below(n) == 0;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>Any bytes, one to a character.</summary>
    public string Bytes(int count) => string.Create(count, this, (text, dice) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (char)dice.Below(256);
        }
    });

    /// <summary>Letters and digits.</summary>
    public string Word(int count) => string.Create(count, this, (text, dice) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[dice.Below(36)];
        }
    });

    /// <summary>Other dice that throw on their own from here.</summary>
    public Dice Split() => new(Next());
}
