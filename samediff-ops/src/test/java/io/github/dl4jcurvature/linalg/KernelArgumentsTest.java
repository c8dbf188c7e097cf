/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What all kernels promise about their arguments and results. */
class KernelArgumentsTest {
    private static final int ORDER = 7;

    @ParameterizedTest
    @EnumSource
    void storageAndTypeOfTheArgumentDoNotMatter(Kernel kernel) {
        DMatrixRMaj a = argument(kernel); // exactly representable as float: all layouts hold the same numbers
        INDArray expected = kernel.apply(Layout.COLUMN_MAJOR.store(a, DataType.DOUBLE));

        for (Layout layout : Layout.values()) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                INDArray result = kernel.apply(layout.store(a, type));
                assertThat(result.data().asDouble())
                        .as("%s %s", layout, type)
                        .isEqualTo(expected.data().asDouble());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void argumentStaysBitwiseUnchanged(Kernel kernel) {
        DMatrixRMaj a = argument(kernel);
        for (Layout layout : Layout.values()) {
            INDArray stored = layout.store(a, DataType.DOUBLE);
            double[] before = Layout.memory(stored);
            kernel.apply(stored);
            assertThat(Layout.memory(stored)).as("%s", layout).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void resultIsADetachedColumnMajorDoubleArrayEvenInsideAWorkspace(Kernel kernel) {
        INDArray a = Layout.ROW_MAJOR.store(argument(kernel), DataType.DOUBLE);
        WorkspaceConfiguration configuration =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();
        try (MemoryWorkspace open = Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "kernel")) {
            INDArray result = kernel.apply(a);
            assertThat(result.isAttached()).isFalse();
            assertThat(result.dataType()).isEqualTo(DataType.DOUBLE);
            assertThat(result.stride(0)).isEqualTo(1);
            assertThat(open.getPrimaryOffset())
                    .as("bytes left in the workspace")
                    .isZero();
        }
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }

    @ParameterizedTest
    @EnumSource
    void nonFiniteElementIsNamedWithItsPlace(Kernel kernel) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            INDArray a = TestMatrices.array(argument(kernel));
            a.putScalar(2, 3, bad);
            assertThatThrownBy(() -> kernel.apply(a))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be finite but is " + bad)
                    .hasMessageContaining("at [2, 3]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void batchOrScalarOrEmptyIsRefusedWithItsShape(Kernel kernel) {
        INDArray batch = Nd4j.ones(DataType.DOUBLE, 2, 3, 3);
        INDArray empty = Nd4j.create(DataType.DOUBLE, 0, 0);
        assertThatThrownBy(() -> kernel.apply(batch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but has shape [2, 3, 3]");
        assertThatThrownBy(() -> kernel.apply(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but has shape [0, 0]");
    }

    @Test
    void nonSquareMatrixIsRefusedByKernelsOfSquareMatrices() {
        INDArray wide = Nd4j.ones(DataType.DOUBLE, 2, 3);
        String rule = "must be a square matrix [n, n] with n >= 1 but has shape [2, 3]";
        assertThatThrownBy(() -> CholeskyFactorization.of(wide)).hasMessageContaining("spd " + rule);
        assertThatThrownBy(() -> LuFactorization.of(wide)).hasMessageContaining("a " + rule);
        assertThatThrownBy(() -> SymmetricEigendecomposition.of(wide)).hasMessageContaining("a " + rule);
        assertThatThrownBy(() -> new KroneckerProduct(wide, wide)).hasMessageContaining("left " + rule);
        assertThatThrownBy(() -> new KroneckerProduct(Nd4j.eye(2), wide)).hasMessageContaining("right " + rule);
    }

    /** 100 n eps is 200 eps for order 2. */
    @Test
    void asymmetryOfTheBoundIsAcceptedAndMoreIsNot() {
        double bound = 200 * 0x1p-52;
        double[] values = SymmetricEigendecomposition.of(Nd4j.createFromArray(new double[][] {{1, 0}, {bound, -1}}))
                .values()
                .toDoubleVector();
        assertThat(values).containsExactly(new double[] {-1, 1}, within(1e-15));
        INDArray beyond = Nd4j.createFromArray(new double[][] {{1, 0}, {Math.nextUp(bound), -1}});
        assertThatThrownBy(() -> SymmetricEigendecomposition.of(beyond))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a of order 2 must be symmetric up to rounding but |a - a'| reaches 4.44e-14");
    }

    private static DMatrixRMaj argument(Kernel kernel) {
        DMatrixRMaj a =
                kernel.symmetric ? TestMatrices.spd(ORDER, 10, 5) : TestMatrices.withCondition(ORDER, ORDER, 10, 5);
        return TestMatrices.roundedToFloat(a);
    }
}
