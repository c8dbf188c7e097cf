/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Map;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Residuals of solutions, written down from the equations, with another library's linear algebra where one is needed. */
final class EquationResiduals {
    private EquationResiduals() {}

    /** Frobenius norm of the residual over the sum of the norms of the terms. */
    static double relative(Equation equation, Map<Argument, INDArray> in, INDArray x) {
        INDArray a = in.get(Argument.A);
        INDArray b = in.get(Argument.B);
        INDArray e = in.getOrDefault(Argument.E, identity(a.rows()));
        return switch (equation) {
            case SYLVESTER -> ratio(in.get(Argument.C).neg(), a.mmul(x), x.mmul(b));
            case STEIN -> ratio(in.get(Argument.C).neg(), x, a.mmul(x).mmul(b).neg());
            case LYAPUNOV ->
                ratio(
                        in.get(Argument.Q).neg(),
                        a.mmul(x).mmul(e.transpose()),
                        e.mmul(x).mmul(a.transpose()));
            case DISCRETE_LYAPUNOV ->
                ratio(
                        in.get(Argument.Q).neg(),
                        e.mmul(x).mmul(e.transpose()),
                        a.mmul(x).mmul(a.transpose()).neg());
            case CARE -> {
                INDArray s = in.getOrDefault(Argument.S, Nd4j.zeros(DataType.DOUBLE, b.shape()));
                INDArray exb = e.transpose().mmul(x).mmul(b).add(s);
                INDArray exa = e.transpose().mmul(x).mmul(a);
                INDArray quadratic = exb.mmul(solve(in.get(Argument.R), exb.transpose()));
                yield ratio(in.get(Argument.Q), exa, exa.transpose(), quadratic.neg());
            }
            case DARE -> {
                INDArray s = in.getOrDefault(Argument.S, Nd4j.zeros(DataType.DOUBLE, b.shape()));
                INDArray axb = a.transpose().mmul(x).mmul(b).add(s);
                INDArray g = in.get(Argument.R).add(b.transpose().mmul(x).mmul(b));
                INDArray axa = a.transpose().mmul(x).mmul(a);
                INDArray exe = e.transpose().mmul(x).mmul(e);
                yield ratio(
                        in.get(Argument.Q),
                        axa,
                        exe.neg(),
                        axb.mmul(solve(g, axb.transpose())).neg());
            }
        };
    }

    /** Whether a gain puts all eigenvalues of the closed loop into the region of stability; true without a gain. */
    static boolean isStabilising(Map<Argument, INDArray> in, @Nullable INDArray k, Equation equation) {
        if (k == null) {
            return true;
        }
        INDArray a = in.get(Argument.A);
        INDArray closed = a.sub(in.get(Argument.B).mmul(k));
        INDArray e = in.getOrDefault(Argument.E, identity(a.rows()));
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(a.rows(), false);
        eigen.decompose(matrix(solve(e, closed)));
        for (int i = 0; i < a.rows(); i++) {
            double margin = equation == Equation.CARE
                    ? -eigen.getEigenvalue(i).getReal()
                    : 1 - eigen.getEigenvalue(i).getMagnitude();
            if (!(margin > 0)) {
                return false;
            }
        }
        return true;
    }

    static INDArray identity(long n) {
        return Nd4j.eye(n).castTo(DataType.DOUBLE);
    }

    static INDArray solve(INDArray a, INDArray b) {
        DMatrixRMaj x = new DMatrixRMaj(1, 1);
        if (!CommonOps_DDRM.solve(matrix(a), matrix(b), x)) {
            throw new ArithmeticException("singular");
        }
        return Nd4j.createFromArray(x.data).reshape('c', new long[] {x.numRows, x.numCols});
    }

    private static DMatrixRMaj matrix(INDArray a) {
        return new DMatrixRMaj(a.toDoubleMatrix());
    }

    private static double ratio(INDArray... terms) {
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, terms[0].shape());
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
}
