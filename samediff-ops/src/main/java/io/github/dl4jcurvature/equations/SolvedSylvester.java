/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.TriangularStein;
import io.github.dl4jcurvature.linalg.TriangularSylvester;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** \(A X + X B = C\) or \(X - A X B = C\) through the Schur forms of A and B. */
final class SolvedSylvester implements SolvedEquation {
    private final Equation equation;
    private final ColumnMajor a;
    private final ColumnMajor b;
    private final ColumnMajor x;
    private final RealSchur left;
    private final RealSchur right;
    private final double residual;

    private SolvedSylvester(
            Equation equation, ColumnMajor a, ColumnMajor b, ColumnMajor c, RealSchur left, RealSchur right) {
        this.equation = equation;
        this.a = a;
        this.b = b;
        this.left = left;
        this.right = right;
        Refinement refined = Refinement.of(
                c, solve(c, false), f -> solve(f, false), y -> remainder(c, y), y -> relativeResidual(c, y));
        x = refined.x();
        residual = Residual.judge(equation, refined.residual());
    }

    private SolvedSylvester(Equation equation, ColumnMajor a, ColumnMajor b, List<ColumnMajor> factors) {
        this.equation = equation;
        this.a = a;
        this.b = b;
        x = factors.get(0);
        left = RealSchur.restored(factors.get(1), factors.get(2));
        right = RealSchur.restored(factors.get(3), factors.get(4));
        residual = Double.NaN;
    }

    static SolvedEquation of(Equation equation, Map<Argument, ColumnMajor> arguments) {
        ColumnMajor a = Terms.get(arguments, Argument.A);
        ColumnMajor b = Terms.get(arguments, Argument.B);
        RealSchur left = RealSchur.of("A", a);
        RealSchur right = RealSchur.of("B", b);
        Separation.require(equation, left, right);
        return new SolvedSylvester(equation, a, b, Terms.get(arguments, Argument.C), left, right);
    }

    static SolvedEquation restored(Equation equation, Map<Argument, ColumnMajor> arguments, List<ColumnMajor> factors) {
        return new SolvedSylvester(
                equation, Terms.get(arguments, Argument.A), Terms.get(arguments, Argument.B), factors);
    }

    @Override
    public ColumnMajor output(Output output) {
        return x;
    }

    @Override
    public Map<Argument, ColumnMajor> gradients(Map<Output, ColumnMajor> cotangents) {
        ColumnMajor s = solve(Terms.get(cotangents, Output.SOLUTION), true);
        Map<Argument, ColumnMajor> gradients = new EnumMap<>(Argument.class);
        MatrixView xT = x.view().transposed();
        if (equation.isDiscrete()) {
            // S B' X' and X' A' S
            try (ColumnMajor bx = product(b.view().transposed(), xT);
                    ColumnMajor xa = product(xT, a.view().transposed())) {
                gradients.put(Argument.A, product(s.view(), bx.view()));
                gradients.put(Argument.B, product(xa.view(), s.view()));
            }
        } else {
            gradients.put(Argument.A, product(s.view(), xT).scale(-1));
            gradients.put(Argument.B, product(xT, s.view()).scale(-1));
        }
        gradients.put(Argument.C, s);
        return gradients;
    }

    @Override
    public Map<Output, ColumnMajor> derivatives(Map<Argument, ColumnMajor> directions) {
        ColumnMajor rhs = ColumnMajor.zeros(x.rows(), x.columns());
        ColumnMajor dA = directions.get(Argument.A);
        ColumnMajor dB = directions.get(Argument.B);
        ColumnMajor dC = directions.get(Argument.C);
        boolean discrete = equation.isDiscrete();
        if (dC != null) {
            rhs.add(1, dC);
        }
        if (dA != null) {
            addProduct(discrete ? 1 : -1, dA, x, discrete ? b : null, rhs);
        }
        if (dB != null) {
            addProduct(discrete ? 1 : -1, discrete ? a : null, x, dB, rhs);
        }
        return Map.of(Output.SOLUTION, solve(rhs, false));
    }

    @Override
    public List<ColumnMajor> factors() {
        return List.of(x, left.triangular(), left.orthogonal(), right.triangular(), right.orthogonal());
    }

    @Override
    public double relativeResidual() {
        return residual;
    }

    private static void addProduct(
            double alpha, @Nullable ColumnMajor l, ColumnMajor m, @Nullable ColumnMajor r, ColumnMajor target) {
        if (l == null && r != null) {
            Gemm.multiply(alpha, m.view(), r.view(), 1, target.view());
        } else if (l != null && r == null) {
            Gemm.multiply(alpha, l.view(), m.view(), 1, target.view());
        } else if (l != null && r != null) {
            try (ColumnMajor lm = product(l.view(), m.view())) {
                Gemm.multiply(alpha, lm.view(), r.view(), 1, target.view());
            }
        }
    }

    /** The operator, or its adjoint, inverted. */
    private ColumnMajor solve(ColumnMajor c, boolean adjoint) {
        MatrixView u = left.orthogonal().view();
        MatrixView v = right.orthogonal().view();
        MatrixView ta = left.triangular().view();
        MatrixView tb = right.triangular().view();
        MatrixView opA = adjoint ? ta.transposed() : ta;
        MatrixView opB = adjoint ? tb.transposed() : tb;
        try (ColumnMajor uc = product(u.transposed(), c.view())) {
            ColumnMajor y = product(uc.view(), v);
            if (equation.isDiscrete()) {
                TriangularStein.solve(opA, opB, y.view());
            } else {
                TriangularSylvester.solve(opA, opB, y.view());
            }
            Gemm.multiply(1, u, y.view(), 0, uc.view());
            Gemm.multiply(1, uc.view(), v.transposed(), 0, y.view());
            return y;
        }
    }

    /** What is left of the right-hand side. */
    private ColumnMajor remainder(ColumnMajor c, ColumnMajor y) {
        ColumnMajor remainder = c.copy();
        boolean discrete = equation.isDiscrete();
        try (ColumnMajor yb = product(y.view(), b.view())) {
            remainder.add(-1, discrete ? y : yb);
            Gemm.multiply(discrete ? 1 : -1, a.view(), (discrete ? yb : y).view(), 1, remainder.view());
        }
        return remainder;
    }

    private double relativeResidual(ColumnMajor c, ColumnMajor y) {
        if (y.columns() <= Residual.SMALL) {
            return relativeResidual(c, y, b, y);
        }
        try (ColumnMajor p = Residual.probes(y.columns());
                ColumnMajor cp = product(c.view(), p.view());
                ColumnMajor bp = product(b.view(), p.view());
                ColumnMajor yp = product(y.view(), p.view())) {
            return relativeResidual(cp, y, bp, yp);
        }
    }

    /** Of the equation times probes: C P, B P and Y P are given. */
    private double relativeResidual(ColumnMajor cp, ColumnMajor y, ColumnMajor bp, ColumnMajor yp) {
        boolean discrete = equation.isDiscrete();
        try (ColumnMajor ybp = product(y.view(), bp.view());
                ColumnMajor ay = product(a.view(), (discrete ? ybp : yp).view())) {
            ColumnMajor other = discrete ? yp : ybp;
            double size = ay.frobenius() + other.frobenius() + cp.frobenius();
            double error = ay.scale(discrete ? 1 : -1).add(-1, other).add(1, cp).frobenius();
            return Terms.ratio(error, size);
        }
    }
}
