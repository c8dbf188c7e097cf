/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.equations.Argument.A;
import static io.github.dl4jcurvature.equations.Argument.B;
import static io.github.dl4jcurvature.equations.Argument.C;
import static io.github.dl4jcurvature.equations.Argument.E;
import static io.github.dl4jcurvature.equations.Argument.Q;
import static io.github.dl4jcurvature.equations.Argument.R;
import static io.github.dl4jcurvature.equations.Argument.S;

/**
 * A matrix equation in X. Eigenvalues \(\lambda\) are those of A, or of the pencil (A, E) where E is given, \(\mu\) those
 * of B.
 *
 * <p>All computation is in double precision. Source: Kao and Hennequin, Automatic differentiation of Sylvester, Lyapunov
 * and algebraic Riccati equations (arXiv 2011.11430); the gains and the terms of E and S are derived here.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are unmodifiable
public enum Equation {
    /** \(A X + X B = C\), with A [m, m], B [n, n], C [m, n]; unique if no \(\lambda_i + \mu_j = 0\). */
    SYLVESTER(List.of(A, B, C), List.of()),
    /** \(A X E^\top + E X A^\top = Q\); unique if no \(\lambda_i + \lambda_j = 0\). Q need not be symmetric. */
    LYAPUNOV(List.of(A, Q), List.of(E)),
    /** \(X - A X B = C\), the discrete Sylvester equation; unique if no \(\lambda_i \mu_j = 1\). */
    STEIN(List.of(A, B, C), List.of()),
    /** \(E X E^\top - A X A^\top = Q\); unique if no \(\lambda_i \lambda_j = 1\). Q need not be symmetric. */
    DISCRETE_LYAPUNOV(List.of(A, Q), List.of(E)),
    /**
     * \(E^\top X A + A^\top X E - (E^\top X B + S) R^{-1} (B^\top X E + S^\top) + Q = 0\), the continuous-time algebraic
     * Riccati equation, with gain \(K = R^{-1}(B^\top X E + S^\top)\).
     *
     * <p>X is the unique stabilising solution: all eigenvalues of \((A - B K, E)\) lie left of the imaginary axis. It
     * exists if (A, B) is stabilisable, R invertible and the Hamiltonian has no imaginary eigenvalue. Q and R may be
     * indefinite.
     */
    CARE(List.of(A, B, Q, R), List.of(E, S)),
    /**
     * \(A^\top X A - E^\top X E - (A^\top X B + S)(R + B^\top X B)^{-1}(B^\top X A + S^\top) + Q = 0\), the discrete-time
     * algebraic Riccati equation, with gain \(K = (R + B^\top X B)^{-1}(B^\top X A + S^\top)\).
     *
     * <p>X is the unique stabilising solution: all eigenvalues of \((A - B K, E)\) lie inside the unit circle. A and R
     * may be singular.
     */
    DARE(List.of(A, B, Q, R), List.of(E, S));

    private final List<Argument> required;
    private final List<Argument> optional;

    Equation(List<Argument> required, List<Argument> optional) {
        this.required = required;
        this.optional = optional;
    }

    /**
     * The arguments that must be given.
     *
     * @return in the order of {@link Argument}
     */
    public List<Argument> required() {
        return required;
    }

    /**
     * The arguments that may be given.
     *
     * @return in the order of {@link Argument}
     */
    public List<Argument> optional() {
        return optional;
    }

    /**
     * The outputs.
     *
     * @return the solution, for Riccati equations also the gain and the closed loop
     */
    public List<Output> outputs() {
        return isRiccati() ? List.of(Output.values()) : List.of(Output.SOLUTION);
    }

    /**
     * Solves the equation.
     *
     * @param arguments all required arguments and any of the optional ones; of FLOAT or DOUBLE; each of rank 2 or, as a
     *     batch, of rank 3 [batch, rows, columns]; arguments of rank 2 or of batch size 1 serve for all of a batch
     * @param options what else is asked for
     * @return the solution with its factors
     * @throws IllegalArgumentException if an argument is missing, unknown, not finite or of wrong shape
     * @throws io.github.dl4jcurvature.linalg.SingularEquationException if there is no unique or no stabilising solution,
     *     with the eigenvalues that prevent it
     */
    public Solution solve(Map<Argument, INDArray> arguments, Option... options) {
        return Solution.of(this, arguments, List.of(options));
    }

    boolean isRiccati() {
        return this == CARE || this == DARE;
    }

    boolean isDiscrete() {
        return this == STEIN || this == DISCRETE_LYAPUNOV || this == DARE;
    }

    /** Lower-case name for messages. */
    String title() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    List<Argument> arguments() {
        List<Argument> all = new ArrayList<>(required);
        all.addAll(optional);
        all.sort(null);
        return all;
    }
}
