/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import io.github.dl4jcurvature.linalg.RealSchur;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** \(A X E^\top + E X A^\top = Q\) or \(E X E^\top - A X A^\top = Q\) through the Schur form of \(E^{-1}A\). */
final class SolvedLyapunov implements SolvedEquation {
    private final Equation equation;
    private final ColumnMajor a;
    private final @Nullable ColumnMajor e;
    private final Congruence congruence;
    private final StandardLyapunov standard;
    private final ColumnMajor x;
    /** H with X = H U', if the gradient is cheaper with it. */
    private final @Nullable ColumnMajor h;

    private final double residual;

    private SolvedLyapunov(Equation equation, Map<Argument, ColumnMajor> arguments) {
        this.equation = equation;
        a = Terms.get(arguments, Argument.A);
        e = arguments.get(Argument.E);
        congruence = Congruence.of(e);
        RealSchur schur = schur();
        Separation.require(equation, schur, schur);
        standard = new StandardLyapunov(schur, equation.isDiscrete());
        ColumnMajor q = Terms.get(arguments, Argument.Q);
        boolean keeping = equation.isDiscrete() && e == null && q.isSymmetric();
        StandardLyapunov.Halves halves = keeping ? standard.halves(q, false) : null;
        ColumnMajor first = halves == null ? solve(q) : halves.x();
        Refinement refined = Refinement.of(q, first, this::solve, y -> remainder(q, y), y -> relativeResidual(q, y));
        x = refined.x();
        h = halves == null ? null : keptIf(x == first, halves.h());
        residual = Residual.judge(equation, refined.residual());
    }

    private SolvedLyapunov(Equation equation, Map<Argument, ColumnMajor> arguments, List<ColumnMajor> factors) {
        this.equation = equation;
        a = Terms.get(arguments, Argument.A);
        e = arguments.get(Argument.E);
        congruence = Congruence.of(e);
        x = factors.get(0);
        standard = new StandardLyapunov(RealSchur.restored(factors.get(1), factors.get(2)), equation.isDiscrete());
        h = factors.size() > 3 ? factors.get(3) : null;
        residual = Double.NaN;
    }

    static SolvedEquation of(Equation equation, Map<Argument, ColumnMajor> arguments) {
        return new SolvedLyapunov(equation, arguments);
    }

    static SolvedEquation restored(Equation equation, Map<Argument, ColumnMajor> arguments, List<ColumnMajor> factors) {
        return new SolvedLyapunov(equation, arguments, factors);
    }

    private static @Nullable ColumnMajor keptIf(boolean condition, ColumnMajor matrix) {
        if (condition) {
            return matrix;
        }
        matrix.close();
        return null;
    }

    private RealSchur schur() {
        if (e == null) {
            return RealSchur.of("A", a);
        }
        try (ColumnMajor reduced = congruence.left(a)) {
            return RealSchur.of("A", reduced);
        }
    }

    @Override
    public ColumnMajor output(Output output) {
        return x;
    }

    @Override
    public Map<Argument, ColumnMajor> gradients(Map<Output, ColumnMajor> cotangents) {
        ColumnMajor cotangent = Terms.get(cotangents, Output.SOLUTION);
        if (h != null && cotangent.isSymmetric()) {
            return symmetricGradients(cotangent, h);
        }
        ColumnMajor s = adjoint(cotangent);
        // A and E enter alike but for the sign of the discrete equation
        Map<Argument, ColumnMajor> gradients = new EnumMap<>(Argument.class);
        boolean discrete = equation.isDiscrete();
        gradients.put(Argument.A, factorGradient(discrete ? 1 : -1, s, discrete ? a : e));
        if (e != null) {
            gradients.put(Argument.E, factorGradient(-1, s, discrete ? e : a));
        }
        gradients.put(Argument.Q, s);
        return gradients;
    }

    /** The gradient 2 S A X of a symmetric discrete equation through the Schur form, where T has half the work. */
    private Map<Argument, ColumnMajor> symmetricGradients(ColumnMajor cotangent, ColumnMajor h) {
        StandardLyapunov.Halves adjoint = standard.halves(cotangent, true);
        try (ColumnMajor g = adjoint.h()) {
            ColumnMajor sax = standard.productThrough(g, h).scale(2);
            return new EnumMap<>(Map.of(Argument.A, sax, Argument.Q, adjoint.x()));
        }
    }

    private ColumnMajor adjoint(ColumnMajor cotangent) {
        ColumnMajor z = standard.solve(cotangent, true);
        if (e == null) {
            return z;
        }
        try (z) {
            return congruence.bothTransposed(z);
        }
    }

    /** alpha (S M X' + S' M X), M the other factor. */
    private ColumnMajor factorGradient(double alpha, ColumnMajor s, @Nullable ColumnMajor other) {
        if (other == null) {
            return factorGradient(alpha, s, x.view(), x.view().transposed());
        }
        try (ColumnMajor mx = product(other.view(), x.view())) {
            if (x.isSymmetric()) {
                return factorGradient(alpha, s, mx.view(), mx.view());
            }
            try (ColumnMajor mxT = product(other.view(), x.view().transposed())) {
                return factorGradient(alpha, s, mx.view(), mxT.view());
            }
        }
    }

    private ColumnMajor factorGradient(double alpha, ColumnMajor s, MatrixView mx, MatrixView mxT) {
        ColumnMajor gradient = ColumnMajor.uninitialized(s.rows(), s.columns());
        if (s.isSymmetric() && x.isSymmetric()) {
            Gemm.multiply(2 * alpha, s.view(), mx, 0, gradient.view());
        } else {
            Gemm.multiply(alpha, s.view(), mxT, 0, gradient.view());
            Gemm.multiply(alpha, s.view().transposed(), mx, 1, gradient.view());
        }
        return gradient;
    }

    @Override
    public Map<Output, ColumnMajor> derivatives(Map<Argument, ColumnMajor> directions) {
        ColumnMajor rhs = ColumnMajor.zeros(x.rows(), x.columns());
        ColumnMajor dA = directions.get(Argument.A);
        ColumnMajor dE = directions.get(Argument.E);
        ColumnMajor dQ = directions.get(Argument.Q);
        boolean discrete = equation.isDiscrete();
        if (dQ != null) {
            rhs.add(1, dQ);
        }
        if (dA != null) {
            addMoved(discrete ? 1 : -1, dA, discrete ? a : e, rhs);
        }
        if (dE != null) {
            addMoved(-1, dE, discrete ? e : a, rhs);
        }
        return Map.of(Output.SOLUTION, solve(rhs));
    }

    /** Adds alpha (D X M' + M X D'), M the identity if it is not given. */
    private void addMoved(double alpha, ColumnMajor d, @Nullable ColumnMajor m, ColumnMajor target) {
        try (ColumnMajor dx = product(d.view(), x.view());
                ColumnMajor xd = product(x.view(), d.view().transposed())) {
            if (m == null) {
                target.add(alpha, dx).add(alpha, xd);
            } else {
                Gemm.multiply(alpha, dx.view(), m.view().transposed(), 1, target.view());
                Gemm.multiply(alpha, m.view(), xd.view(), 1, target.view());
            }
        }
    }

    @Override
    public List<ColumnMajor> factors() {
        RealSchur schur = standard.schur();
        return h == null
                ? List.of(x, schur.triangular(), schur.orthogonal())
                : List.of(x, schur.triangular(), schur.orthogonal(), h);
    }

    @Override
    public double relativeResidual() {
        return residual;
    }

    private ColumnMajor solve(ColumnMajor q) {
        if (e == null) {
            return standard.solve(q, false);
        }
        try (ColumnMajor reduced = congruence.both(q)) {
            if (q.isSymmetric()) {
                reduced.symmetrize();
            }
            return standard.solve(reduced, false);
        }
    }

    /** What is left of the right-hand side; exactly symmetric if that is. */
    private ColumnMajor remainder(ColumnMajor q, ColumnMajor y) {
        boolean discrete = equation.isDiscrete();
        ColumnMajor remainder = q.copy();
        try (ColumnMajor ay = product(a.view(), y.view());
                ColumnMajor ye =
                        e == null ? y.copy() : product(y.view(), e.view().transposed());
                ColumnMajor ya = product(y.view(), a.view().transposed());
                ColumnMajor eye = congruence.times(discrete ? ye : ya)) {
            ColumnMajor right = discrete ? product(ay.view(), a.view().transposed()) : product(a.view(), ye.view());
            remainder.add(-1, eye).add(discrete ? 1 : -1, right);
            right.close();
        }
        if (q.isSymmetric()) {
            remainder.symmetrize();
        }
        return remainder;
    }

    private double relativeResidual(ColumnMajor q, ColumnMajor y) {
        if (y.rows() <= Residual.SMALL && e == null) {
            return relativeResidual(q, y, a.view().transposed(), y);
        }
        try (ColumnMajor p = Residual.probes(y.rows());
                ColumnMajor qp = product(q.view(), p.view());
                ColumnMajor ap = product(a.view().transposed(), p.view());
                ColumnMajor ep = e == null ? p.copy() : product(e.view().transposed(), p.view());
                ColumnMajor yep = product(y.view(), ep.view())) {
            return relativeResidual(qp, y, ap.view(), yep);
        }
    }

    /** Of the equation times probes: Q P, A'P and Y E'P are given. */
    private double relativeResidual(ColumnMajor qp, ColumnMajor y, MatrixView ap, ColumnMajor yep) {
        boolean discrete = equation.isDiscrete();
        try (ColumnMajor yap = product(y.view(), ap);
                ColumnMajor first = product(a.view(), (discrete ? yap : yep).view())) {
            ColumnMajor plain = discrete ? yep : yap;
            if (e == null) {
                return relativeResidual(first, plain, qp);
            }
            try (ColumnMajor second = product(e.view(), plain.view())) {
                return relativeResidual(first, second, qp);
            }
        }
    }

    /** Of the three terms of the equation; the first is overwritten. */
    private double relativeResidual(ColumnMajor first, ColumnMajor second, ColumnMajor rhs) {
        double size = first.frobenius() + second.frobenius() + rhs.frobenius();
        double error = first.scale(equation.isDiscrete() ? 1 : -1)
                .add(-1, second)
                .add(1, rhs)
                .frobenius();
        return Terms.ratio(error, size);
    }
}
