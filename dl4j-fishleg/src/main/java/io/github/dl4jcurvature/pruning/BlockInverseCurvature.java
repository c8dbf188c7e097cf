/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;
import io.github.dl4jcurvature.linalg.CholeskyFactorization;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The blocks of a {@link BlockInverse} at present parameters; computed in double precision. */
final class BlockInverseCurvature implements InverseCurvature {
    private static final long CHUNK_ELEMENTS = 1L << 23;

    private final int blockSize;
    private final double[][] blocks; // each [size * size], symmetric
    private final DataType type;
    private final long length;

    private BlockInverseCurvature(int blockSize, double[][] blocks, DataType type, long length) {
        this.blockSize = blockSize;
        this.blocks = blocks;
        this.type = type;
        this.length = length;
    }

    static BlockInverseCurvature of(BlockInverse settings, PruningProblem problem) {
        return of(settings, problem, CHUNK_ELEMENTS);
    }

    /** With gradients of so many elements at a time, or of one block. */
    static BlockInverseCurvature of(BlockInverse settings, PruningProblem problem, long chunkElements) {
        ExampleGradients gradients = CoveredGradients.of(problem, settings.examples());
        INDArray alive = problem.alive().castTo(DataType.DOUBLE);
        long n = alive.length();
        int size = settings.blockSize();
        double[][] blocks = new double[Math.toIntExact((n + size - 1) / size)][];
        long chunk = size * Math.max(1, chunkElements / (gradients.count() * size));
        for (long from = 0; from < n; from += chunk) {
            long to = Math.min(n, from + chunk);
            INDArray columns = gradients.columns(from, to).castTo(DataType.DOUBLE); // [m, columns]
            columns.muliRowVector(alive.get(NDArrayIndex.interval(from, to)));
            for (long start = from; start < to; start += size) {
                long end = Math.min(to, start + size);
                INDArray part = columns.get(NDArrayIndex.all(), NDArrayIndex.interval(start - from, end - from))
                        .dup('c'); // [m, size]
                blocks[(int) (start / size)] = inverse(part, settings.damping());
            }
        }
        return new BlockInverseCurvature(size, blocks, problem.parameters().dataType(), n);
    }

    /** (G^T G / m + damping I)^-1, row by row. */
    private static double[] inverse(INDArray gradients, double damping) {
        long size = gradients.size(1);
        INDArray fisher = Nd4j.zeros(DataType.DOUBLE, size, size);
        Gemm.symmetricProduct(
                1.0 / (double) gradients.size(0),
                MatrixView.of(gradients).transposed(),
                0,
                MatrixView.of(fisher)); // G^T G / m [size, size]
        for (long i = 0; i < size; i++) {
            fisher.putScalar(i, i, fisher.getDouble(i, i) + damping);
        }
        return CholeskyFactorization.of(fisher).inverse().dup('c').data().asDouble();
    }

    @Override
    public INDArray diagonal() {
        double[] diagonal = new double[Math.toIntExact(length)];
        for (int b = 0; b < blocks.length; b++) {
            int size = size(b);
            for (int i = 0; i < size; i++) {
                diagonal[b * blockSize + i] = blocks[b][i * size + i];
            }
        }
        return Nd4j.createFromArray(diagonal).castTo(type);
    }

    @Override
    public INDArray multiply(INDArray v) {
        double[] input = v.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[] result = new double[input.length];
        for (int b = 0; b < blocks.length; b++) {
            int size = size(b);
            int start = b * blockSize;
            for (int i = 0; i < size; i++) {
                double sum = 0;
                for (int j = 0; j < size; j++) {
                    sum += blocks[b][i * size + j] * input[start + j];
                }
                result[start + i] = sum;
            }
        }
        return Nd4j.createFromArray(result).castTo(v.dataType());
    }

    private int size(int block) {
        return Math.toIntExact(Math.min(blockSize, length - (long) block * blockSize));
    }
}
