/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Residuals and errors of the solutions and gradients of the benchmark collections. */
public final class AccuracyTable {
    /** Its R has a condition number of 1e15. */
    private static final List<String> ILL_CONDITIONED = List.of("scipy carex case 7");

    private final TextTable table =
            new TextTable("example", "n", "m", "residual", "SciPy's", "error", "SciPy's", "error of the gradient");
    private double worst;
    private double worstIllConditioned;
    private int cases;
    private int refused;

    /**
     * Solves all entries of a directory.
     *
     * @param directory with {@code matrix-equations/carex_darex.json} and {@code ctlex_dtlex.json}
     * @throws IllegalArgumentException if a file is missing
     */
    public void run(Path directory) {
        RecordedEquations.read(directory).forEach(this::row);
    }

    private void row(RecordedEquations.Entry entry) {
        Solution solution = entry.equation().solve(entry.arguments());
        INDArray x = solution.solution();
        double residual = residual(entry.equation(), entry.arguments(), x);
        String gradient = gradient(entry, solution);
        cases++;
        if (ILL_CONDITIONED.contains(entry.name())) {
            worstIllConditioned = Math.max(worstIllConditioned, residual);
        } else if (!gradient.equals("refused")) {
            worst = Math.max(worst, residual);
        }
        INDArray b = entry.arguments().get(Argument.B);
        table.row(
                entry.name(),
                Long.toString(x.size(0)),
                b == null ? "" : Long.toString(b.size(1)),
                text(residual),
                text(entry.scipyResidual()),
                text(entry.solution() == null ? null : error(x, entry.solution())),
                text(entry.scipyError()),
                gradient);
    }

    private String gradient(RecordedEquations.Entry entry, Solution solution) {
        if (entry.cotangent() == null || entry.gradients().isEmpty()) {
            return "";
        }
        try {
            Map<Argument, INDArray> gradients = solution.gradients(Map.of(Output.SOLUTION, entry.cotangent()));
            double largest = 0;
            for (Map.Entry<Argument, INDArray> expected : entry.gradients().entrySet()) {
                INDArray actual = gradients.get(expected.getKey());
                largest = Math.max(largest, error(actual, expected.getValue()));
            }
            return text(largest);
        } catch (SingularEquationException e) {
            refused++;
            return "refused";
        }
    }

    /** Relative to the expected matrix; absolute if that is zero. */
    private static double error(@Nullable INDArray actual, INDArray expected) {
        if (actual == null) {
            return Double.POSITIVE_INFINITY;
        }
        double size = norm(expected);
        return norm(actual.sub(expected)) / (size == 0 ? 1 : size);
    }

    /** Norm of the residual over the sum of the norms of the terms, from the equations as they are written. */
    private static double residual(Equation equation, Map<Argument, INDArray> in, INDArray x) {
        INDArray a = given(in, Argument.A);
        INDArray q = given(in, Argument.Q);
        INDArray e = in.containsKey(Argument.E)
                ? in.get(Argument.E)
                : Nd4j.eye(a.size(0)).castTo(a.dataType());
        return switch (equation) {
            case CARE -> {
                INDArray exb = plus(e.transpose().mmul(x).mmul(given(in, Argument.B)), in.get(Argument.S));
                INDArray exa = e.transpose().mmul(x).mmul(a);
                INDArray k = LuFactorization.of(given(in, Argument.R)).solve(exb.transpose());
                yield ratio(q, exa, exa.transpose(), exb.mmul(k).neg());
            }
            case DARE -> {
                INDArray b = given(in, Argument.B);
                INDArray axb = plus(a.transpose().mmul(x).mmul(b), in.get(Argument.S));
                INDArray g = given(in, Argument.R).add(b.transpose().mmul(x).mmul(b));
                INDArray k = LuFactorization.of(g).solve(axb.transpose());
                yield ratio(
                        q,
                        a.transpose().mmul(x).mmul(a),
                        e.transpose().mmul(x).mmul(e).neg(),
                        axb.mmul(k).neg());
            }
            case LYAPUNOV ->
                ratio(q.neg(), a.mmul(x).mmul(e.transpose()), e.mmul(x).mmul(a.transpose()));
            case DISCRETE_LYAPUNOV ->
                ratio(
                        q.neg(),
                        e.mmul(x).mmul(e.transpose()),
                        a.mmul(x).mmul(a.transpose()).neg());
            case SYLVESTER, STEIN ->
                throw new IllegalArgumentException("equation %s is not in the collections".formatted(equation));
        };
    }

    private static INDArray given(Map<Argument, INDArray> in, Argument argument) {
        return Objects.requireNonNull(in.get(argument), argument.name());
    }

    private static INDArray plus(INDArray a, @Nullable INDArray s) {
        return s == null ? a : a.add(s);
    }

    private static double ratio(INDArray... terms) {
        INDArray sum = terms[0].mul(0);
        double size = 0;
        for (INDArray term : terms) {
            sum.addi(term);
            size += norm(term);
        }
        return size == 0 ? 0 : norm(sum) / size;
    }

    private static double norm(INDArray a) {
        return a.norm2Number().doubleValue();
    }

    private static String text(@Nullable Double value) {
        return value == null ? "" : "%.1e".formatted(value);
    }

    /**
     * What came out.
     *
     * @return the largest residual of entries with a derivative, that of the ill-conditioned one apart, and counts
     */
    public Figures figures() {
        return new Figures()
                .put("worst.residual", worst)
                .put("worst.residual.ill.conditioned", worstIllConditioned)
                .put("refused.gradients", refused)
                .put("cases", cases);
    }

    /** The table. */
    @Override
    public String toString() {
        return table.toString();
    }
}
