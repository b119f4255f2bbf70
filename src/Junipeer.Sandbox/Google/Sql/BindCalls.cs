using System.Globalization;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Binder
{
    private Bound Call(CallExpr call, Scope scope)
    {
        if (call.Over is not null)
        {
            return WindowCall(call, scope);
        }

        if (Aggregates.Known(call.Name))
        {
            throw call.At.Error($"Aggregate function {call.Name} not allowed in {scope.Clause}");
        }

        switch (call.Name)
        {
            case "IF":
                return If(call, scope);
            case "COALESCE" or "IFNULL":
                Bound[] options = Unify(Args(call, scope, call.Name == "IFNULL" ? 2 : 1, call.Name == "IFNULL" ? 2 : 1000), call.At, "function " + call.Name);
                return Bound.From(options[0].Type, env =>
                {
                    foreach (Bound option in options)
                    {
                        if (option.Eval(env) is { } value)
                        {
                            return value;
                        }
                    }

                    return null;
                }, options);
            case "NULLIF":
                Bound[] pair = Unify(Args(call, scope, 2, 2), call.At, "function NULLIF");
                return Bound.From(pair[0].Type, env => pair[0].Eval(env) is { } value && !(pair[1].Eval(env) is { } other && Values.AreEqual(value, other)) ? value : null, pair);
            case "GREATEST" or "LEAST":
                return Extreme(call, scope);
            case "GENERATE_UUID":
                Args(call, scope, 0, 0);
                return new Bound(SqlType.Text, _ => Guid.NewGuid().ToString());
            case "EXTRACT" or "TIMESTAMP_ADD" or "TIMESTAMP_SUB" or "TIMESTAMP_DIFF" or "TIMESTAMP_TRUNC" or "DATE_ADD" or "DATE_SUB" or "DATE_DIFF" or "DATE_TRUNC"
                or "DATETIME_ADD" or "DATETIME_SUB" or "DATETIME_DIFF" or "DATETIME_TRUNC":
                return Temporal(call, scope);
            default:
                return Plain(call, scope);
        }
    }

    private Bound[] Args(CallExpr call, Scope scope, int least, int most)
    {
        Bound[] args = [.. call.Args.Select(a => Bind(a, scope))];
        return args.Length >= least && args.Length <= most && !call.Star && !call.Distinct && call.OrderBy.Count == 0 ? args : throw NoSignature(call, args);
    }

    private static SqlException NoSignature(CallExpr call, IEnumerable<Bound> args) =>
        call.At.Error($"No matching signature for function {call.Name} for argument types: {string.Join(", ", args.Select(a => a.Type))}");

    private Bound If(CallExpr call, Scope scope)
    {
        Bound[] args = Args(call, scope, 3, 3);
        if (args[0].Type.Kind is not (FieldType.Boolean or null))
        {
            throw NoSignature(call, args);
        }

        Bound[] results = Unify(args[1..], call.At, "function IF");
        return Bound.From(results[0].Type, env => args[0].IsTrue(env) ? results[0].Eval(env) : results[1].Eval(env), [args[0], .. results]);
    }

    private Bound Extreme(CallExpr call, Scope scope)
    {
        Bound[] args = Unify(Args(call, scope, 1, 1000), call.At, "function " + call.Name);
        if (!args[0].Type.Orderable)
        {
            throw NoSignature(call, args);
        }

        int sign = call.Name == "GREATEST" ? 1 : -1;
        return Bound.From(args[0].Type, env =>
        {
            object? best = null;
            foreach (Bound arg in args)
            {
                if (arg.Eval(env) is not { } value)
                {
                    return null;
                }

                best = best is null || Values.Compare(value, best) * sign > 0 ? value : best;
            }

            return best;
        }, args);
    }

    // Functions of plain values: the table of signatures decides, NULL in gives NULL out.
    private Bound Plain(CallExpr call, Scope scope)
    {
        if (call.Name is "CURRENT_TIMESTAMP" or "CURRENT_DATE" or "CURRENT_DATETIME" or "CURRENT_TIME" or "SESSION_USER")
        {
            Args(call, scope, 0, 0);
            Instant now = Instant.From(Context.Now);
            return call.Name switch
            {
                "CURRENT_TIMESTAMP" => Bound.Of(SqlType.Timestamp, now),
                "CURRENT_DATE" => Bound.Of(SqlType.Of(FieldType.Date), DateOnly.FromDateTime(now.Utc)),
                "CURRENT_DATETIME" => Bound.Of(SqlType.Of(FieldType.DateTime), now.Utc),
                "CURRENT_TIME" => Bound.Of(SqlType.Of(FieldType.Time), TimeOnly.FromDateTime(now.Utc)),
                _ => Bound.Of(SqlType.Text, Context.User),
            };
        }

        if (!Functions.Known(call.Name))
        {
            throw call.At.Error($"Function not found: {call.Name}");
        }

        Bound[] args = Args(call, scope, 0, 1000);
        if (call.Name == "TO_JSON_STRING" && args.Length == 1)
        {
            return Bound.From(SqlType.Text, env => Casts.ToJson(args[0].Eval(env), args[0].Type), args);
        }

        foreach (Signature signature in Functions.Named(call.Name))
        {
            if (signature.Fit(args) is { } fitted)
            {
                Func<object[], object?> body = signature.Body;
                return Bound.From(signature.Result(fitted), env =>
                {
                    object[] values = new object[fitted.Length];
                    for (int i = 0; i < values.Length; i++)
                    {
                        if (fitted[i].Eval(env) is not { } value)
                        {
                            return null;
                        }

                        values[i] = value;
                    }

                    return body(values) is var result && result is bool flag ? Values.Box(flag) : result;
                }, fitted);
            }
        }

        throw NoSignature(call, args);
    }

    // TIMESTAMP_ADD(x, INTERVAL n DAY), DATE_DIFF(a, b, DAY), TIMESTAMP_TRUNC(x, DAY), EXTRACT(YEAR FROM x).
    private Bound Temporal(CallExpr call, Scope scope)
    {
        string[] name = call.Name.Split('_');
        if (call.Args.Count < 2)
        {
            throw NoSignature(call, call.Args.Select(a => Bind(a, scope)));
        }

        Bound value = Bind(call.Args[0], scope);
        if (call.Name == "EXTRACT")
        {
            string part = Part(call.Args[1]);
            if (value.Type.Kind is not (FieldType.Timestamp or FieldType.Date or FieldType.DateTime or FieldType.Time) || call.Args.Count > 2)
            {
                throw NoSignature(call, [value]);
            }

            SqlType type = part == "DATE" ? SqlType.Of(FieldType.Date) : part == "TIME" ? SqlType.Of(FieldType.Time) : SqlType.Integer;
            return Bound.From(type, env => value.Eval(env) is { } moment ? DateMath.Extract(moment, part) : null, value);
        }

        FieldType kind = name[0] switch { "DATE" => FieldType.Date, "DATETIME" => FieldType.DateTime, _ => FieldType.Timestamp };

        // DATE_TRUNC and the like also take the other types.
        kind = name[1] is "TRUNC" or "DIFF" && value.Type.Kind is FieldType.Timestamp or FieldType.DateTime or FieldType.Date && name[1] is "TRUNC" or "DIFF" ? value.Type.Kind!.Value : kind;
        SqlType wanted = SqlType.Of(kind);
        Bound moments = Coerce(value, wanted) ?? throw NoSignature(call, [value]);
        switch (name[1])
        {
            case "ADD" or "SUB":
                IntervalExpr interval = call.Args[1] as IntervalExpr ?? throw call.Args[1].At.Error($"{call.Name} requires an INTERVAL");
                Bound amount = Coerce(Bind(interval.Amount, scope), SqlType.Integer) ?? throw interval.At.Error("Interval value must be coercible to INT64 type");
                int sign = name[1] == "ADD" ? 1 : -1;
                DateMath.CheckPart(interval.Part, kind, adding: true, interval.At);
                return Bound.From(wanted, env => moments.Eval(env) is { } at && amount.Eval(env) is long n ? DateMath.Add(at, sign * n, interval.Part) : null, moments, amount);
            case "TRUNC":
                string unit = Part(call.Args[1]);
                DateMath.CheckPart(unit, kind, adding: false, call.Args[1].At);
                return Bound.From(wanted, env => moments.Eval(env) is { } at ? DateMath.Truncate(at, unit) : null, moments);
            default:
                if (call.Args.Count != 3)
                {
                    throw NoSignature(call, [value]);
                }

                Bound other = Coerce(Bind(call.Args[1], scope), wanted) ?? throw NoSignature(call, [value]);
                string step = Part(call.Args[2]);
                DateMath.CheckPart(step, kind, adding: kind == FieldType.Timestamp, call.Args[2].At);
                return Bound.From(SqlType.Integer, env => moments.Eval(env) is { } a && other.Eval(env) is { } b ? DateMath.Difference(a, b, step) : null, moments, other);
        }
    }

    private static string Part(Expr expression) => expression is NameExpr { Parts: [var part] } ? part.ToUpperInvariant()
        : expression is CallExpr { Name: "WEEK" } ? throw expression.At.Error("WEEK(<WEEKDAY>) is not supported by the simulator")
        : throw expression.At.Error("A valid date part name is required");
}
