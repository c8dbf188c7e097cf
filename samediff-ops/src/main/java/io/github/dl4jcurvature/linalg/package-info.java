/* SPDX-License-Identifier: Apache-2.0 */
/** Dense linear algebra in double precision on LAPACK, and matrix products in place. */
@NullMarked
package io.github.dl4jcurvature.linalg;

import org.jspecify.annotations.NullMarked;
