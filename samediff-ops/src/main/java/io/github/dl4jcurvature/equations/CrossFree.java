/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.LuFactorization;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** \(A - B R^{-1} S^\top\), \(G = B R^{-1} B^\top\), \(Q - S R^{-1} S^\top\): a Riccati equation without inputs. */
record CrossFree(ColumnMajor a, ColumnMajor g, ColumnMajor q) implements AutoCloseable {

    static CrossFree of(
            String name, ColumnMajor a, ColumnMajor b, ColumnMajor q, ColumnMajor r, @Nullable ColumnMajor s) {
        LuFactorization lu = LuFactorization.of(name, r.array());
        ColumnMajor reducedA = a.copy();
        ColumnMajor reducedQ = q.copy();
        ColumnMajor g;
        try (ColumnMajor rb = solveTransposedOf(lu, b)) {
            g = product(b.view(), rb.view());
        }
        g.symmetrize();
        if (s != null) {
            try (ColumnMajor rs = solveTransposedOf(lu, s)) {
                Gemm.multiply(-1, b.view(), rs.view(), 1, reducedA.view());
                Gemm.multiply(-1, s.view(), rs.view(), 1, reducedQ.view());
            }
            reducedQ.symmetrize();
        }
        return new CrossFree(reducedA, g, reducedQ);
    }

    private static ColumnMajor solveTransposedOf(LuFactorization lu, ColumnMajor m) {
        try (ColumnMajor transposed = ColumnMajor.copyOf(m.view().transposed())) {
            return ColumnMajor.of(lu.solve(transposed.array()));
        }
    }

    @Override
    public void close() {
        a.close();
        g.close();
        q.close();
    }
}
