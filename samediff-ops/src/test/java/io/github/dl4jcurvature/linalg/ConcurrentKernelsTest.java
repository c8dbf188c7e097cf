/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.bytedeco.openblas.global.openblas;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All kernels from several Java threads with default stacks, where OpenBLAS' threaded routines have been seen to overrun
 * the stack from order 150 on.
 *
 * <p>The reference is the same kernel with one BLAS thread and one Java thread, which other tests compare with EJML. The
 * number of threads changes the order of sums only: with condition 10 that is below 10 n eps in every result of
 * well-determined sign; vectors of eigenvalues whose gap is g err by n eps / g, and the geometric spectrum has
 * g = 1e-3 at least. The bound 1e-9 covers that; a race errs by O(1).
 */
@Isolated("changes the number of BLAS threads of the process")
class ConcurrentKernelsTest {
    private static final int JAVA_THREADS = 4;
    private static final int ORDER = 200;
    private static final double TOLERANCE = 1e-9;

    /** The others make the same native calls as one of these. */
    private static final Set<Kernel> KERNELS = EnumSet.of(
            Kernel.CHOLESKY_SOLVE,
            Kernel.CHOLESKY_INVERSE,
            Kernel.EIGENVECTORS,
            Kernel.LU_SOLVE,
            Kernel.LU_INVERSE,
            Kernel.SVD_V,
            Kernel.QR_Q,
            Kernel.KRONECKER);

    private final INDArray symmetric = TestMatrices.array(TestMatrices.spd(ORDER, 10, 1));
    private final INDArray general = TestMatrices.array(TestMatrices.withCondition(ORDER, ORDER, 10, 2));
    private final int threadsBefore = openblas.blas_get_num_threads();

    @AfterEach
    void restoreThreads() {
        openblas.blas_set_num_threads(threadsBefore);
    }

    @ParameterizedTest(name = "{0} BLAS threads")
    @ValueSource(ints = {1, 2})
    void kernelsAreRightFromFourThreads(int blasThreads) throws Exception {
        Map<Kernel, DMatrixRMaj> expected = new EnumMap<>(Kernel.class);
        openblas.blas_set_num_threads(1);
        for (Kernel kernel : KERNELS) {
            expected.put(kernel, TestMatrices.ejml(apply(kernel)));
        }
        openblas.blas_set_num_threads(blasThreads);
        assertThat(openblas.blas_get_num_threads()).isEqualTo(blasThreads);

        runOnAllThreads(() -> {
            for (Kernel kernel : KERNELS) {
                assertThat(TestMatrices.relativeError(apply(kernel), expected.get(kernel)))
                        .as("%s", kernel)
                        .isLessThan(TOLERANCE);
            }
            return null;
        });
    }

    /** The oracle is EJML; float sums of {@value #ORDER} terms err by ORDER * 1.2e-7 at most, 4 is slack. */
    @ParameterizedTest(name = "{0} BLAS threads")
    @ValueSource(ints = {1, 2})
    void floatProductsAreRightFromFourThreads(int blasThreads) throws Exception {
        DMatrixRMaj a = TestMatrices.roundedToFloat(TestMatrices.gaussian(ORDER, ORDER, 3));
        DMatrixRMaj square = TestMatrices.product(a, a);
        DMatrixRMaj gram = TestMatrices.product(a, TestMatrices.transpose(a));
        MatrixView view = MatrixView.of(Layout.ROW_MAJOR.store(a, DataType.FLOAT));
        openblas.blas_set_num_threads(blasThreads);

        runOnAllThreads(() -> {
            INDArray out = Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', ORDER, ORDER);
            Gemm.multiply(1, view, view, 0, MatrixView.of(out));
            assertThat(TestMatrices.relativeError(out, square)).isLessThan(4 * ORDER * Math.ulp(1f));
            Gemm.symmetricProduct(1, view, 0, MatrixView.of(out));
            assertThat(TestMatrices.relativeError(out, gram)).isLessThan(4 * ORDER * Math.ulp(1f));
            return null;
        });
    }

    private INDArray apply(Kernel kernel) {
        return kernel.apply(kernel.symmetric ? symmetric : general);
    }

    private static void runOnAllThreads(Callable<Void> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(JAVA_THREADS);
        try {
            List<Future<Void>> runs = new ArrayList<>();
            for (int k = 0; k < JAVA_THREADS; k++) {
                runs.add(threads.submit(task));
            }
            for (Future<Void> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
