/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Option;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Linear and quadratic matrix equations on arrays and, differentiably, on the variables of a SameDiff graph.
 *
 * <p>{@link Equation} states the equations, shapes and conditions. Arguments are FLOAT or DOUBLE, of rank 2 or, as a
 * batch, of rank 3; all is computed in double precision and rounded to the type of A. Solutions throw
 * {@link io.github.dl4jcurvature.linalg.SingularEquationException} if there is none; in a graph that happens when the
 * graph runs. For derivatives on arrays see {@link Equation#solve}.
 *
 * <pre>{@code
 * SDVariable x = MatrixEquations.care(graph, a, b, q, r);
 * EquationVariables all = MatrixEquations.solve(graph, "lqr", Equation.CARE, Map.of(A, a, B, b, Q, q, R, r));
 * SDVariable gain = all.gain();
 * }</pre>
 */
public final class MatrixEquations {
    static {
        MatrixEquationOps.register();
    }

    private MatrixEquations() {}

    /**
     * Puts an equation into a graph.
     *
     * @param graph the graph
     * @param name name of the solution's variable within the graph's present name scope, not yet used there
     * @param equation which equation
     * @param arguments all required arguments and any of the optional ones
     * @param options what else is asked for
     * @return its outputs
     * @throws IllegalArgumentException if an argument is missing or unknown, or the name is blank or taken; the graph is unchanged
     */
    public static EquationVariables solve(
            SameDiff graph, String name, Equation equation, Map<Argument, SDVariable> arguments, Option... options) {
        List<Argument> known = new ArrayList<>(equation.required());
        known.addAll(equation.optional());
        for (Argument argument : arguments.keySet()) {
            if (!known.contains(argument)) {
                throw new IllegalArgumentException(
                        "argument %s is unknown to %s, which takes %s".formatted(argument, equation, known));
            }
        }
        for (Argument argument : equation.required()) {
            if (!arguments.containsKey(argument)) {
                throw new IllegalArgumentException("argument %s of %s is missing; required are %s"
                        .formatted(argument, equation, equation.required()));
            }
        }
        Map<Argument, SDVariable> ordered = new EnumMap<>(arguments); // A comes first
        EquationSignature signature = new EquationSignature(equation, List.copyOf(ordered.keySet()), List.of(options));
        return new EquationVariables(graph, name, signature, List.copyOf(ordered.values()));
    }

    /**
     * Solves \(A X + X B = C\); unique if no eigenvalue of A is minus one of B.
     *
     * @param a shape [m, m]
     * @param b shape [n, n]
     * @param c shape [m, n]
     * @return X, shape [m, n]
     */
    public static INDArray sylvester(INDArray a, INDArray b, INDArray c) {
        return Equation.SYLVESTER
                .solve(Map.of(Argument.A, a, Argument.B, b, Argument.C, c))
                .solution();
    }

    /**
     * Solves \(A X + X B = C\); unique if no eigenvalue of A is minus one of B.
     *
     * <p>With S from \(A^\top S + S B^\top = \bar X\): \(\bar C = S\), \(\bar A = -S X^\top\), \(\bar B = -X^\top S\).
     *
     * @param graph the graph
     * @param a shape [m, m]
     * @param b shape [n, n]
     * @param c shape [m, n]
     * @return X, shape [m, n]
     */
    public static SDVariable sylvester(SameDiff graph, SDVariable a, SDVariable b, SDVariable c) {
        return solve(
                        graph,
                        freeName(graph, Equation.SYLVESTER),
                        Equation.SYLVESTER,
                        Map.of(Argument.A, a, Argument.B, b, Argument.C, c))
                .solution();
    }

    /**
     * Solves \(A X + X A^\top = Q\), or \(A X E^\top + E X A^\top = Q\); unique if no two eigenvalues sum to 0.
     *
     * @param a shape [n, n]
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static INDArray lyapunov(INDArray a, INDArray q) {
        return Equation.LYAPUNOV.solve(Map.of(Argument.A, a, Argument.Q, q)).solution();
    }

    /**
     * Solves \(A X + X A^\top = Q\), or \(A X E^\top + E X A^\top = Q\); unique if no two eigenvalues sum to 0.
     *
     * @param a shape [n, n]
     * @param e mass matrix, shape [n, n], invertible
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static INDArray lyapunov(INDArray a, INDArray e, INDArray q) {
        return Equation.LYAPUNOV
                .solve(Map.of(Argument.A, a, Argument.E, e, Argument.Q, q))
                .solution();
    }

    /**
     * Solves \(A X + X A^\top = Q\), or \(A X E^\top + E X A^\top = Q\); unique if no two eigenvalues sum to 0.
     *
     * <p>With S from \(A^\top S E + E^\top S A = \bar X\): \(\bar Q = S\), \(\bar A = -(S E X^\top + S^\top E X)\), \(\bar E = -(S A X^\top + S^\top A X)\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static SDVariable lyapunov(SameDiff graph, SDVariable a, SDVariable q) {
        return solve(graph, freeName(graph, Equation.LYAPUNOV), Equation.LYAPUNOV, Map.of(Argument.A, a, Argument.Q, q))
                .solution();
    }

    /**
     * Solves \(A X + X A^\top = Q\), or \(A X E^\top + E X A^\top = Q\); unique if no two eigenvalues sum to 0.
     *
     * <p>With S from \(A^\top S E + E^\top S A = \bar X\): \(\bar Q = S\), \(\bar A = -(S E X^\top + S^\top E X)\), \(\bar E = -(S A X^\top + S^\top A X)\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param e mass matrix, shape [n, n], invertible
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static SDVariable lyapunov(SameDiff graph, SDVariable a, SDVariable e, SDVariable q) {
        return solve(
                        graph,
                        freeName(graph, Equation.LYAPUNOV),
                        Equation.LYAPUNOV,
                        Map.of(Argument.A, a, Argument.E, e, Argument.Q, q))
                .solution();
    }

    /**
     * Solves \(X - A X B = C\), the discrete Sylvester equation; unique if no eigenvalue of A is the inverse of one of B.
     *
     * @param a shape [m, m]
     * @param b shape [n, n]
     * @param c shape [m, n]
     * @return X, shape [m, n]
     */
    public static INDArray stein(INDArray a, INDArray b, INDArray c) {
        return Equation.STEIN
                .solve(Map.of(Argument.A, a, Argument.B, b, Argument.C, c))
                .solution();
    }

    /**
     * Solves \(X - A X B = C\), the discrete Sylvester equation; unique if no eigenvalue of A is the inverse of one of B.
     *
     * <p>With S from \(S - A^\top S B^\top = \bar X\): \(\bar C = S\), \(\bar A = S B^\top X^\top\), \(\bar B = X^\top A^\top S\).
     *
     * @param graph the graph
     * @param a shape [m, m]
     * @param b shape [n, n]
     * @param c shape [m, n]
     * @return X, shape [m, n]
     */
    public static SDVariable stein(SameDiff graph, SDVariable a, SDVariable b, SDVariable c) {
        return solve(
                        graph,
                        freeName(graph, Equation.STEIN),
                        Equation.STEIN,
                        Map.of(Argument.A, a, Argument.B, b, Argument.C, c))
                .solution();
    }

    /**
     * Solves \(X - A X A^\top = Q\), or \(E X E^\top - A X A^\top = Q\); unique if no two eigenvalues multiply to 1.
     *
     * @param a shape [n, n]
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static INDArray discreteLyapunov(INDArray a, INDArray q) {
        return Equation.DISCRETE_LYAPUNOV
                .solve(Map.of(Argument.A, a, Argument.Q, q))
                .solution();
    }

    /**
     * Solves \(X - A X A^\top = Q\), or \(E X E^\top - A X A^\top = Q\); unique if no two eigenvalues multiply to 1.
     *
     * @param a shape [n, n]
     * @param e mass matrix, shape [n, n], invertible
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static INDArray discreteLyapunov(INDArray a, INDArray e, INDArray q) {
        return Equation.DISCRETE_LYAPUNOV
                .solve(Map.of(Argument.A, a, Argument.E, e, Argument.Q, q))
                .solution();
    }

    /**
     * Solves \(X - A X A^\top = Q\), or \(E X E^\top - A X A^\top = Q\); unique if no two eigenvalues multiply to 1.
     *
     * <p>With S from \(E^\top S E - A^\top S A = \bar X\): \(\bar Q = S\), \(\bar A = S A X^\top + S^\top A X\), \(\bar E = -(S E X^\top + S^\top E X)\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static SDVariable discreteLyapunov(SameDiff graph, SDVariable a, SDVariable q) {
        return solve(
                        graph,
                        freeName(graph, Equation.DISCRETE_LYAPUNOV),
                        Equation.DISCRETE_LYAPUNOV,
                        Map.of(Argument.A, a, Argument.Q, q))
                .solution();
    }

    /**
     * Solves \(X - A X A^\top = Q\), or \(E X E^\top - A X A^\top = Q\); unique if no two eigenvalues multiply to 1.
     *
     * <p>With S from \(E^\top S E - A^\top S A = \bar X\): \(\bar Q = S\), \(\bar A = S A X^\top + S^\top A X\), \(\bar E = -(S E X^\top + S^\top E X)\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param e mass matrix, shape [n, n], invertible
     * @param q shape [n, n], symmetric or not
     * @return X, shape [n, n]
     */
    public static SDVariable discreteLyapunov(SameDiff graph, SDVariable a, SDVariable e, SDVariable q) {
        return solve(
                        graph,
                        freeName(graph, Equation.DISCRETE_LYAPUNOV),
                        Equation.DISCRETE_LYAPUNOV,
                        Map.of(Argument.A, a, Argument.E, e, Argument.Q, q))
                .solution();
    }

    /**
     * The stabilising solution of the continuous-time algebraic Riccati equation, see {@link Equation#CARE}.
     *
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m]; its symmetric part counts
     * @return X, shape [n, n], symmetric
     */
    public static INDArray care(INDArray a, INDArray b, INDArray q, INDArray r) {
        return Equation.CARE.solve(riccati(a, b, q, r, null, null)).solution();
    }

    /**
     * The stabilising solution of the continuous-time algebraic Riccati equation, see {@link Equation#CARE}.
     *
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m]; its symmetric part counts
     * @param e mass matrix, shape [n, n], invertible, or null for the identity
     * @param s cross cost, shape [n, m], or null for zero
     * @return X, shape [n, n], symmetric
     */
    public static INDArray care(
            INDArray a, INDArray b, INDArray q, INDArray r, @Nullable INDArray e, @Nullable INDArray s) {
        return Equation.CARE.solve(riccati(a, b, q, r, e, s)).solution();
    }

    /**
     * The stabilising solution of the continuous-time algebraic Riccati equation, see {@link Equation#CARE}.
     *
     * <p>With Y from \(E Y A_c^\top + A_c Y E^\top = -\operatorname{sym} \bar X\), \(A_c = A - B K\): \(\bar Q = Y\), \(\bar R = K Y K^\top\), \(\bar A = 2 X E Y\), \(\bar B = -2 X E Y K^\top\), \(\bar S = -2 Y K^\top\), \(\bar E = 2 X A_c Y\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m]; its symmetric part counts
     * @return X, shape [n, n], symmetric
     */
    public static SDVariable care(SameDiff graph, SDVariable a, SDVariable b, SDVariable q, SDVariable r) {
        return solve(graph, freeName(graph, Equation.CARE), Equation.CARE, riccati(a, b, q, r, null, null))
                .solution();
    }

    /**
     * The stabilising solution of the continuous-time algebraic Riccati equation, see {@link Equation#CARE}.
     *
     * <p>With Y from \(E Y A_c^\top + A_c Y E^\top = -\operatorname{sym} \bar X\), \(A_c = A - B K\): \(\bar Q = Y\), \(\bar R = K Y K^\top\), \(\bar A = 2 X E Y\), \(\bar B = -2 X E Y K^\top\), \(\bar S = -2 Y K^\top\), \(\bar E = 2 X A_c Y\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m]; its symmetric part counts
     * @param e mass matrix, shape [n, n], invertible, or null for the identity
     * @param s cross cost, shape [n, m], or null for zero
     * @return X, shape [n, n], symmetric
     */
    public static SDVariable care(
            SameDiff graph,
            SDVariable a,
            SDVariable b,
            SDVariable q,
            SDVariable r,
            @Nullable SDVariable e,
            @Nullable SDVariable s) {
        return solve(graph, freeName(graph, Equation.CARE), Equation.CARE, riccati(a, b, q, r, e, s))
                .solution();
    }

    /**
     * The stabilising solution of the discrete-time algebraic Riccati equation, see {@link Equation#DARE}.
     *
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m], singular or not; its symmetric part counts
     * @return X, shape [n, n], symmetric
     */
    public static INDArray dare(INDArray a, INDArray b, INDArray q, INDArray r) {
        return Equation.DARE.solve(riccati(a, b, q, r, null, null)).solution();
    }

    /**
     * The stabilising solution of the discrete-time algebraic Riccati equation, see {@link Equation#DARE}.
     *
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m], singular or not; its symmetric part counts
     * @param e mass matrix, shape [n, n], invertible, or null for the identity
     * @param s cross cost, shape [n, m], or null for zero
     * @return X, shape [n, n], symmetric
     */
    public static INDArray dare(
            INDArray a, INDArray b, INDArray q, INDArray r, @Nullable INDArray e, @Nullable INDArray s) {
        return Equation.DARE.solve(riccati(a, b, q, r, e, s)).solution();
    }

    /**
     * The stabilising solution of the discrete-time algebraic Riccati equation, see {@link Equation#DARE}.
     *
     * <p>With Y from \(E Y E^\top - A_c Y A_c^\top = \operatorname{sym} \bar X\), \(A_c = A - B K\): \(\bar Q = Y\), \(\bar R = K Y K^\top\), \(\bar A = 2 X A_c Y\), \(\bar B = -2 X A_c Y K^\top\), \(\bar S = -2 Y K^\top\), \(\bar E = -2 X E Y\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m], singular or not; its symmetric part counts
     * @return X, shape [n, n], symmetric
     */
    public static SDVariable dare(SameDiff graph, SDVariable a, SDVariable b, SDVariable q, SDVariable r) {
        return solve(graph, freeName(graph, Equation.DARE), Equation.DARE, riccati(a, b, q, r, null, null))
                .solution();
    }

    /**
     * The stabilising solution of the discrete-time algebraic Riccati equation, see {@link Equation#DARE}.
     *
     * <p>With Y from \(E Y E^\top - A_c Y A_c^\top = \operatorname{sym} \bar X\), \(A_c = A - B K\): \(\bar Q = Y\), \(\bar R = K Y K^\top\), \(\bar A = 2 X A_c Y\), \(\bar B = -2 X A_c Y K^\top\), \(\bar S = -2 Y K^\top\), \(\bar E = -2 X E Y\).
     *
     * @param graph the graph
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n]; its symmetric part counts
     * @param r shape [m, m], singular or not; its symmetric part counts
     * @param e mass matrix, shape [n, n], invertible, or null for the identity
     * @param s cross cost, shape [n, m], or null for zero
     * @return X, shape [n, n], symmetric
     */
    public static SDVariable dare(
            SameDiff graph,
            SDVariable a,
            SDVariable b,
            SDVariable q,
            SDVariable r,
            @Nullable SDVariable e,
            @Nullable SDVariable s) {
        return solve(graph, freeName(graph, Equation.DARE), Equation.DARE, riccati(a, b, q, r, e, s))
                .solution();
    }

    private static <T> Map<Argument, T> riccati(T a, T b, T q, T r, @Nullable T e, @Nullable T s) {
        Map<Argument, T> arguments = new EnumMap<>(Argument.class);
        arguments.put(Argument.A, a);
        arguments.put(Argument.B, b);
        arguments.put(Argument.Q, q);
        arguments.put(Argument.R, r);
        if (e != null) {
            arguments.put(Argument.E, e);
        }
        if (s != null) {
            arguments.put(Argument.S, s);
        }
        return arguments;
    }

    private static String freeName(SameDiff graph, Equation equation) {
        return EquationVariables.freeName(graph, equation.name().toLowerCase(Locale.ROOT));
    }
}
