package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.postgres.NodeTree;
import io.github.unloadcopy.sandbox.redshift.postgres.NodeTree.Node;
import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.wire.BackendSession;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds precision and scale of the DECIMAL columns of a query, of which PostgreSQL keeps none where something is computed. It lets PostgreSQL parse the query as that of a view, which is gone
 * again before anybody sees it, and applies the rules of {@link Decimal} to what the parser understood.
 */
final class DecimalColumns {

    private static final String VIEW = "sandbox_unloaded_query";
    private static final String SAVEPOINT = "sandbox_unload";
    /** Recursive common table expressions refer to themselves. */
    private static final int DEEPEST = 100;
    private static final int SCALAR_SUBQUERY = 4;
    private static final int LENGTH_OF_INTEGER = 4;
    private static final List<String> RESULT_TYPES = List.of("vartype", "consttype", "funcresulttype", "opresulttype", "aggtype", "wintype", "resulttype");

    private final BackendSession session;
    private final Map<Integer, String> functions = new HashMap<>();
    private int depth;

    DecimalColumns(final BackendSession session) {
        this.session = session;
    }

    /**
     * Adds what can be found; columns that have a precision, or for which no rule is known, stay as they are.
     *
     * @throws SqlError when PostgreSQL refuses the query
     */
    List<ResultColumn> complete(final String query, final List<ResultColumn> columns) throws IOException {
        if (columns.stream().noneMatch(DecimalColumns::isOpen)) {
            return columns;
        }

        final boolean within = session.inTransaction();
        session.query(within ? "SAVEPOINT " + SAVEPOINT : "BEGIN");
        try {
            session.query("CREATE TEMPORARY VIEW " + VIEW + " (" + String.join(", ", Stream.iterate(0, index -> index + 1).limit(columns.size()).map(index -> "c" + index).toList()) + ") AS "
                    + query);
            final Node parsed = definition("'pg_temp." + VIEW + "'::pg_catalog.regclass");
            final List<ResultColumn> completed = new ArrayList<>();
            for (int index = 0; index < columns.size(); index++) {
                final ResultColumn column = columns.get(index);
                final Decimal found = isOpen(column) ? target(parsed, index + 1, null) : null;
                completed.add(found == null || found.precision() == 0 ? column : new ResultColumn(column.name(), column.typeId(), found.typeModifier()));
            }

            return completed;
        } finally {
            session.query(within ? "ROLLBACK TO SAVEPOINT " + SAVEPOINT + "; RELEASE SAVEPOINT " + SAVEPOINT : "ROLLBACK");
        }
    }

    private static boolean isOpen(final ResultColumn column) {
        return column.typeId() == TypeIds.NUMERIC && column.typeModifier() < 0;
    }

    private Node definition(final String relation) throws IOException {
        final List<List<String>> rows = session.query("SELECT ev_action FROM pg_catalog.pg_rewrite WHERE ev_class = " + relation + " AND ev_type = '1'");
        return rows.isEmpty() ? null : NodeTree.read(rows.getFirst().getFirst());
    }

    /** A column of a query. */
    private Decimal target(final Node query, final int number, final Scope outer) throws IOException {
        if (query == null || depth > DEEPEST) {
            return null;
        }

        depth++;
        try {
            final Scope scope = new Scope(query, outer);
            if (query.node("setOperations") != null) {
                return set(query.node("setOperations"), number, scope);
            }

            for (final Node entry : query.nodes("targetList")) {
                if (entry.number("resno") == number) {
                    return of(entry.node("expr"), scope);
                }
            }

            return null;
        } finally {
            depth--;
        }
    }

    private Decimal set(final Node part, final int number, final Scope scope) throws IOException {
        if (part.tag().equals("RANGETBLREF")) {
            return target(scope.relation(part.number("rtindex")).node("subquery"), number, scope);
        }

        return either(set(part.node("larg"), number, scope), set(part.node("rarg"), number, scope));
    }

    private static Decimal either(final Decimal first, final Decimal second) {
        return first == null || second == null ? null : first.or(second);
    }

    /** An expression; null when it is no number, or no rule is known for it. */
    private Decimal of(final Node expression, final Scope scope) throws IOException {
        if (expression == null) {
            return null;
        }

        final String tag = expression.tag();
        if (tag.equals("CONST") && expression.word("constisnull").equals("true")) {
            return Decimal.NULL;
        }

        for (final String field : RESULT_TYPES) {
            final int type = expression.number(field);
            if (type > 0 && type != TypeIds.NUMERIC) {
                return Decimal.of(type, -1);
            }
        }

        return switch (tag) {
            case "VAR" -> expression.number("vartypmod") >= 0 ? Decimal.of(TypeIds.NUMERIC, expression.number("vartypmod")) : variable(expression, scope.up(expression.number("varlevelsup")));
            case "CONST" -> expression.number("consttypmod") >= 0 ? Decimal.of(TypeIds.NUMERIC, expression.number("consttypmod")) : Decimal.ofConstant(expression.bytes("constvalue"));
            case "FUNCEXPR" -> function(name(expression.number("funcid")), expression.nodes("args"), scope);
            case "OPEXPR" -> function(name(expression.number("opfuncid")), expression.nodes("args"), scope);
            case "AGGREF" -> aggregate(name(expression.number("aggfnoid")), expression.nodes("args").stream().map(entry -> entry.node("expr")).toList(), scope);
            case "WINDOWFUNC" -> aggregate(name(expression.number("winfnoid")), expression.nodes("args"), scope);
            case "CASEEXPR" -> any(Stream.concat(expression.nodes("args").stream().map(when -> when.node("result")), Stream.ofNullable(expression.node("defresult"))).toList(), scope);
            case "COALESCEEXPR", "MINMAXEXPR" -> any(expression.nodes("args"), scope);
            case "NULLIFEXPR" -> of(expression.nodes("args").getFirst(), scope);
            case "RELABELTYPE" -> of(expression.node("arg"), scope);
            case "SUBLINK" -> expression.number("subLinkType") == SCALAR_SUBQUERY ? target(expression.node("subselect"), 1, scope) : null;
            default -> null;
        };
    }

    private Decimal any(final List<Node> expressions, final Scope scope) throws IOException {
        Decimal result = Decimal.NULL;
        for (final Node expression : expressions) {
            result = either(result, of(expression, scope));
        }

        return result;
    }

    private Decimal variable(final Node variable, final Scope scope) throws IOException {
        final Node relation = scope.relation(variable.number("varno"));
        final int number = variable.number("varattno");
        return switch (RelationKind.of(relation)) {
            case RELATION -> target(definition(Integer.toUnsignedString(relation.number("relid"))), number, null);
            case SUBQUERY -> target(relation.node("subquery"), number, scope);
            case JOIN -> of(relation.nodes("joinaliasvars").get(number - 1), scope);
            case VALUES -> any(relation.lists("values_lists").stream().map(row -> row.get(number - 1)).toList(), scope);
            case COMMON_TABLE -> commonTable(relation, number, scope.up(relation.number("ctelevelsup")));
            case OTHER -> null;
        };
    }

    private Decimal commonTable(final Node relation, final int number, final Scope scope) throws IOException {
        for (final Node table : scope.query().nodes("cteList")) {
            if (table.word("ctename").equals(relation.word("ctename"))) {
                return target(table.node("ctequery"), number, scope);
            }
        }

        return null;
    }

    private Decimal function(final String name, final List<Node> arguments, final Scope scope) throws IOException {
        final Decimal first = arguments.isEmpty() ? null : of(arguments.getFirst(), scope);
        if (name.equals("numeric")) {
            final Node modifier = arguments.size() > 1 ? arguments.get(1) : null;
            return modifier == null || !modifier.tag().equals("CONST") ? first : Decimal.of(TypeIds.NUMERIC, littleEndian(modifier.bytes("constvalue")));
        }

        // A NULL in a computation leaves nothing to compute from.
        final Decimal second = arguments.size() > 1 ? of(arguments.get(1), scope) : null;
        if (first == null || first.precision() == 0) {
            return null;
        }

        return switch (name) {
            case "abs", "ceil", "ceiling", "floor", "round", "trunc", "numeric_abs", "numeric_uminus", "numeric_uplus" -> first;
            case "numeric_add", "numeric_sub" -> second == null ? null : first.plus(second);
            case "numeric_mul" -> second == null ? null : first.times(second);
            case "numeric_div" -> second == null ? null : first.dividedBy(second);
            case "numeric_mod", "mod" -> either(first, second);
            default -> null;
        };
    }

    private Decimal aggregate(final String name, final List<Node> arguments, final Scope scope) throws IOException {
        final Decimal first = arguments.isEmpty() ? null : of(arguments.getFirst(), scope);
        if (first == null) {
            return null;
        }

        return switch (name) {
            case "sum", "avg" -> first.aggregated();
            case "min", "max", "any_value", "first_value", "last_value", "nth_value", "lag", "lead" -> first;
            default -> null;
        };
    }

    private static int littleEndian(final byte[] bytes) {
        int value = 0;
        for (int index = 0; index < LENGTH_OF_INTEGER; index++) {
            value |= (bytes[index] & 0xFF) << index * Byte.SIZE;
        }

        return value;
    }

    private String name(final int function) throws IOException {
        if (!functions.containsKey(function)) {
            final List<List<String>> rows = session.query("SELECT proname FROM pg_catalog.pg_proc WHERE oid = " + Integer.toUnsignedString(function));
            functions.put(function, rows.isEmpty() ? "" : rows.getFirst().getFirst());
        }

        return functions.get(function);
    }

    /** What a column may come from. */
    private enum RelationKind {
        RELATION, SUBQUERY, JOIN, VALUES, COMMON_TABLE, OTHER;

        static RelationKind of(final Node relation) {
            return switch (relation.number("rtekind")) {
                case 0 -> RELATION;
                case 1 -> SUBQUERY;
                case 2 -> JOIN;
                case 5 -> VALUES;
                case 6 -> COMMON_TABLE;
                default -> OTHER;
            };
        }
    }

    /**
     * A query and those that it is part of.
     *
     * @param outer null for the outermost
     */
    private record Scope(Node query, Scope outer) {

        Scope up(final int levels) {
            return levels <= 0 ? this : outer.up(levels - 1);
        }

        Node relation(final int number) {
            return query.nodes("rtable").get(number - 1);
        }
    }
}
