/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.bytedeco.openblas.global.openblas;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

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

    @ParameterizedTest(name = "{0} BLAS threads")
    @ValueSource(ints = {1, 2})
    void resultsAreRightFromFourThreads(int blasThreads) throws Exception {
        INDArray symmetric = TestMatrices.array(TestMatrices.spd(ORDER, 10, 1));
        INDArray general = TestMatrices.array(TestMatrices.withCondition(ORDER, ORDER, 10, 2));
        Map<Kernel, DMatrixRMaj> expected = new EnumMap<>(Kernel.class);
        int before = openblas.blas_get_num_threads();
        try {
            openblas.blas_set_num_threads(1);
            for (Kernel kernel : Kernel.values()) {
                expected.put(kernel, TestMatrices.ejml(kernel.apply(kernel.symmetric ? symmetric : general)));
            }
            openblas.blas_set_num_threads(blasThreads);
            assertThat(openblas.blas_get_num_threads()).isEqualTo(blasThreads);
            runOnAllThreads(() -> {
                for (Kernel kernel : Kernel.values()) {
                    INDArray result = kernel.apply(kernel.symmetric ? symmetric : general);
                    assertThat(TestMatrices.relativeError(result, expected.get(kernel)))
                            .as("%s", kernel)
                            .isLessThan(TOLERANCE);
                }
                return null;
            });
        } finally {
            openblas.blas_set_num_threads(before);
        }
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
