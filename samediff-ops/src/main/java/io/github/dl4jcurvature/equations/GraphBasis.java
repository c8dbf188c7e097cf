/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.MatrixView;
import io.github.dl4jcurvature.linalg.SingularEquationException;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** The solution whose graph \((I; X)\) spans a stable subspace. */
final class GraphBasis {
    private GraphBasis() {}

    /** \(X = U_2 U_1^{-1}\) for a basis \((U_1; U_2)\), [2n, n]. */
    static ColumnMajor solution(Equation equation, MatrixView basis) {
        int n = basis.columns();
        MatrixView upper = basis.rows(0, n);
        MatrixView lower = basis.rows(n, 2 * n);
        requireIsotropic(equation, upper, lower);
        try (ColumnMajor upperT = ColumnMajor.copyOf(upper.transposed());
                ColumnMajor lowerT = ColumnMajor.copyOf(lower.transposed());
                ColumnMajor xT = ColumnMajor.of(factors(equation, upperT).solve(lowerT.array()))) {
            return ColumnMajor.copyOf(xT.view().transposed());
        }
    }

    private static LuFactorization factors(Equation equation, ColumnMajor upperT) {
        try {
            return LuFactorization.of("the upper half of the stable subspace", upperT.array());
        } catch (SingularEquationException e) {
            throw new SingularEquationException("%s: no finite stabilising solution: %s; make (A, B) stabilisable"
                    .formatted(equation.title(), e.getMessage()));
        }
    }

    /** Where U1'U2 is not symmetric, the subspace belongs to another matrix than was meant. */
    private static void requireIsotropic(Equation equation, MatrixView upper, MatrixView lower) {
        try (ColumnMajor product = product(upper.transposed(), lower)) {
            double size = product.frobenius();
            double asymmetry = product.symmetrize();
            if (!(asymmetry <= Math.max(1e-10, 0.1 * size))) {
                throw new SingularEquationException(
                        "%s: no stabilising solution: eigenvalues on the border of stability make the stable subspace ambiguous (asymmetry %.3g); %s"
                                .formatted(equation.title(), asymmetry, RiccatiForm.remedy()));
            }
        }
    }
}
